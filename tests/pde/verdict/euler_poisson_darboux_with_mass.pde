# The number of particles oscillates around 0.
#! verdict = not-s-generative
#! c1 = fails spherical-means
#! c2 = fails bessel-amplitude
pde euler_poisson_darboux {
    param m > 0 = 1
    dt(phi, 2) + 0.5/t*dt(phi) = lap(phi) - m^2*phi
}
