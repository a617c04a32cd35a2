# The same with a clock of its own, t^2.
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional mode-amplitude [the prior error is accepted at t = 1: KL <= M2/(2*2*t^2)]
pde edm_that_ends {
 time t in (0, 1]
 dt(phi) = 2*t*lap(phi)
}
