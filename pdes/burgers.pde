# The simplest equation with shocks and viscosity.
# Source: Burgers, A mathematical model illustrating the theory of turbulence (1948).
# Physics: a velocity that carries itself along.
# Group: nonlinear
# Expected: conditional (linearised): about a uniform flow it is advection and diffusion.
pde burgers "Viscous Burgers equation" {
    param nu > 0 = 1  # viscosity

    dt(phi) + phi*dx(phi) = nu*d(phi, x1, 2)
}
