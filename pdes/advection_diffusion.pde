# Diffusion in a uniform wind.
# Source: Risken, The Fokker-Planck Equation (1989).
# Physics: a plume that spreads while it is carried away.
# Group: transport
# Expected: s-generative: s = -i b.k - D*k^2.
pde advection_diffusion "Advection-diffusion equation" {
    param D > 0 = 1  # diffusivity
    param v = 1  # speed along the first axis

    dt(phi) + dot([v, 0], grad(phi)) = D*lap(phi)
}
