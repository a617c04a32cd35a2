# Diffusion of fourth order.
# Source: Gazzola, Grunau, Sweers, Polyharmonic Boundary Value Problems (2010).
# Physics: smoothing by surface tension.
# Group: higher order
# Expected: not s-generative: waves decay, but the kernel is negative somewhere (nothing local above second order keeps p >= 0).
pde biharmonic_heat "Biharmonic heat equation" {
    dt(phi) = -lap(phi, 2)
}
