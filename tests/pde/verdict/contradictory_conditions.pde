#! verdict = not-s-generative
#! c1 = conditional local-first-order [a = 0]
#! c2 = conditional growth-rate-sign [a > 0]
pde contradictory { param a = 1; dt(phi) = -a*lap(phi, 2) }
