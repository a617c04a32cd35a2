# (e^{qt} - 1)/q diverges iff q >= 0.
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional mode-amplitude [q >= 0]
pde exponential_clock {
 param q = 1
 dt(phi) = exp(q*t)*lap(phi)
}
