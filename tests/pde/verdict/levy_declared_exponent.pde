#! verdict = s-generative
#! c1 = holds bernstein
#! c2 = holds growth-rate-sign
pde levy { param alpha in (0, 2] = 1.5; dt(phi) + fraclap(phi, alpha) = 0 }
