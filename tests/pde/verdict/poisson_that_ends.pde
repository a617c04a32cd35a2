# The kernel's own bound.
#! verdict = conditional
#! c1 = holds elliptic-square-root
#! c2 = conditional routh-hurwitz [the prior error is accepted at t = 3: KL <= M2/(2*t^2)]
pde poisson_that_ends {
 time t in (0, 3)
 dt(phi, 2) + lap(phi) = 0
}
