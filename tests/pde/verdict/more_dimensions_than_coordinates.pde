#! verdict = not-s-generative
#! c1 = holds local-first-order
#! c2 = fails growth-rate-sign
pde degenerate { dim 2..; dt(phi) = d(phi, x1, 2) + d(phi, x2, 2) }
