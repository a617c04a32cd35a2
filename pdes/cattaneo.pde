# Heat with a finite speed of propagation.
# Source: Cattaneo, Sulla conduzione del calore (1948).
# Physics: heat flux relaxes to Fourier's law in the time tau.
# Group: waves
# Expected: conditional: a persistent random walk in N = 1; in N >= 2 wave fronts make the density negative.
pde cattaneo "Cattaneo (hyperbolic heat) equation" {
    param tau > 0 = 1  # relaxation time
    param D > 0 = 1  # diffusivity

    tau*dt(phi, 2) + dt(phi) = D*lap(phi)
}
