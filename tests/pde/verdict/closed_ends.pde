#! verdict = s-generative
pde closed { param a in (0, 1] = 1; param b in (0, 1] = 1; param c != 0 = 1; dt(phi) = (a + b + c^2)*lap(phi) }
