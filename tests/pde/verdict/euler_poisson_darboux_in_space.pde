# D = 3: no solution with p(0) = q starts from phi = 0.
#! verdict = not-s-generative
#! problem = evolution
#! c1 = fails spherical-means
#! c2 = fails bessel-amplitude
pde euler_poisson_darboux { dt(phi, 2) + 2/t*dt(phi) = lap(phi) }
