#! verdict = not-s-generative
#! problem = ill-posed
#! c1 = fails local-first-order
#! c2 = fails growth-rate-sign
pde backward { dt(phi) = -lap(phi) }
