#! verdict = not-s-generative
#! c1 = fails local-first-order
#! c2 = holds growth-rate-sign
pde biharmonic { dt(phi) = -lap(phi, 2) }
