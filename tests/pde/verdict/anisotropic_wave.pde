#! verdict = not-s-generative
#! c1 = fails short-waves
pde anisotropic_wave { param a > 0 = 1; dim 2; dt(phi, 2) + dt(phi) = lap(phi) + a*d(phi, x1, 2) }
