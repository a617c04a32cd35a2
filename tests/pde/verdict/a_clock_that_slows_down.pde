# A rate that falls, but to one that is positive.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde a_clock_that_slows_down {
 param a > 0
 dt(phi) = exp(-a*t)*lap(phi) + 0.1*lap(phi)
}
