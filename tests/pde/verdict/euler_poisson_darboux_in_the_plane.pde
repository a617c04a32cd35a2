# D = -1: means over spheres in N = 3, and so in the plane.
#! verdict = s-generative
#! problem = evolution
#! c1 = holds spherical-means
#! c2 = holds bessel-amplitude
pde euler_poisson_darboux {
    dim 2
    dt(phi, 2) - 2/t*dt(phi) = lap(phi)
}
