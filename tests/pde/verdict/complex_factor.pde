#! verdict = not-s-generative
#! problem = ill-posed
#! c1 = fails local-first-order
pde factor { (1 + I)*dt(phi) = -(1 + I)*lap(phi) }
