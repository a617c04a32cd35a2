# The clock (1 + t) log(1 + t) - t.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde logarithmic_clock {
 dt(phi) = log(1 + t)*lap(phi)
}
