# Yukawa until t = 2.
#! verdict = conditional
#! c1 = holds elliptic-square-root
#! c2 = conditional routh-hurwitz [the prior error is accepted at t = 2: KL <= M2*(1 + m*t)/(2*t^2)]
pde yukawa_that_ends {
 time t in (0, 2]; param m > 0 = 1
 dt(phi, 2) + lap(phi) - m^2*phi = 0
}
