#! verdict = conditional
#! c1 = conditional bernstein [alpha <= 2]
#! c2 = holds growth-rate-sign
pde levy { param alpha > 0 = 1; dt(phi) + fraclap(phi, alpha) = 0 }
