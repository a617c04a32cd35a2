# The integral of exp(t^2) has no closed form: the kernel has the rate of its clock.
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional mode-amplitude [the prior error is accepted at t = 1: KL <= M2/(4*clock), clock = integral of exp(a*t^2) from the start of the time]
pde clock_by_its_rate {
 time t in (0, 1]; param a > 0 = 1
 dt(phi) = exp(a*t^2)*lap(phi)
}
