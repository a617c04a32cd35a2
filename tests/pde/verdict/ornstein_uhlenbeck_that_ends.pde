# A finite clock with drift: the same as for constant coefficients without.
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional mode-amplitude [the prior error is accepted at t = 1: KL <= M2*scale^2/(2*(1/theta)*(1 - exp(-2*theta*t)))]
pde ornstein_uhlenbeck_that_ends {
 time t in (0, 1]; param theta > 0 = 1
 dt(phi) = theta*div(x*phi) + lap(phi)
}
