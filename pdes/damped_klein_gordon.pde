# The Klein-Gordon equation with friction.
# Source: GenPhys, arXiv 2304.02637.
# Physics: a massive field that loses energy at the rate eps.
# Group: waves
# Expected: conditional: N = 1 and eps > m.
pde damped_klein_gordon "Damped Klein-Gordon equation" {
    param eps > 0 = 2  # damping rate
    param m > 0 = 1  # mass

    dt(phi, 2) + 2*eps*dt(phi) - lap(phi) + m^2*phi = 0
}
