# ((1 + t)^{p+1} - 1)/(p + 1), log(1 + t) for p = -1: it diverges iff p >= -1.
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional mode-amplitude [p + 1 >= 0]
pde polynomial_clock { param p = 1
 dt(phi) = (1 + t)^p*lap(phi) }
