#! verdict = s-generative
#! c1 = holds bernstein
#! c2 = holds growth-rate-sign
#! relation = omega + I*k^(3/2) = 0
pde levy { dt(phi) + fraclap(phi, 1.5) = 0 }
