# 1 + sin(t) is zero at isolated times, and its integral grows like t.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde oscillating_clock { dt(phi) = (1 + sin(t))*lap(phi) }
