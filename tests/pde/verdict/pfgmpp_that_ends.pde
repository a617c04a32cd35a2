# PFGM++ until t = 2.
#! verdict = conditional
#! c1 = holds bessel-subordination
#! c2 = conditional bessel-amplitude [the prior error is accepted at t = 2: KL <= M2*D/(2*(speed*t)^2)]
pde pfgmpp_that_ends {
 time t in (0, 2]; param D > 0 = 64
 dt(phi, 2) + (D - 1)/t*dt(phi) + lap(phi) = 0
}
