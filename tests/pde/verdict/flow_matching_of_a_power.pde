# theta = 1/(1 - t): the clock is the integral of (1 - t)^{-1 - alpha}, ((1 - t)^{-alpha} - 1)/alpha.
#! verdict = conditional
#! c1 = conditional bernstein [alpha <= 2]
pde flow_matching_of_a_power {
 time t in (0, 1); param alpha in (0, 4] = 1
 dt(phi) = div(x*phi)/(1 - t) - fraclap(phi, alpha)/(1 - t)
}
