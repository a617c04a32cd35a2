# A finite clock smooths, but does not forget: the prior error M2/(4 D) at t = 1.
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional growth-rate-sign [the prior error is accepted at t = 1: KL <= M2/(4*D*t)]
pde heat_that_ends {
 time t in (0, 1]; param D > 0 = 1
 dt(phi) = D*lap(phi)
}
