# t - sin(t) > 0: the rate 1 - cos(t) touches zero, at t = 0 to second order.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde clock_with_a_long_pause {
 dt(phi) = (1 - cos(t))*lap(phi)
}
