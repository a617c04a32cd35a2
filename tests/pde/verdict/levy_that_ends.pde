# Constant coefficients of a power of |k|.
#! verdict = conditional
#! c1 = holds bernstein
#! c2 = conditional growth-rate-sign [the prior error is accepted at t = 1: KL <= M2/4*integral over lambda > 0 of exp(-t*lambda^(1.5/2))]
pde levy_that_ends {
 time t in (0, 1]
 dt(phi) = -fraclap(phi, 1.5)
}
