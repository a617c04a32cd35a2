#! verdict = s-generative
#! c1 = holds bernstein
#! c2 = holds growth-rate-sign
#! density = -a*lap(phi) + phi
pde sobolev { param a > 0 = 1; dt(phi) - a*lap(dt(phi)) = lap(phi) }
