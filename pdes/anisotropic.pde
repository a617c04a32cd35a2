# Diffusion with a constant diffusion matrix.
# Source: Risken, The Fokker-Planck Equation (1989).
# Physics: heat in a crystal: faster along one axis, coupled to the other.
# Group: diffusion
# Expected: s-generative: the matrix is positive definite.
pde anisotropic "Anisotropic diffusion" {
    dt(phi) = aniso([[2, 0.5], [0.5, 1]], phi)
}
