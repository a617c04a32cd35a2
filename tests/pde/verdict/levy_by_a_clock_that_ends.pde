# The same law by another clock.
#! verdict = conditional
#! c1 = holds bernstein
#! c2 = conditional mode-amplitude [the prior error is accepted at t = 1: KL <= M2/4*integral over lambda > 0 of exp(-clock*lambda^(3/4)), clock = 2*t^2/2]
pde levy_by_a_clock_that_ends {
 time t in (0, 1]
 dt(phi) = -2*t*fraclap(phi, 1.5)
}
