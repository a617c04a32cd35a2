#! verdict = not-s-generative
#! c1 = fails short-waves
pde fractional_wave { param c > 0 = 1; dt(phi, 2) + dt(phi) + c*fraclap(phi, 1) = 0 }
