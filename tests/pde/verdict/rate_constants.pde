# Rate constants are called k1 and k2, which are no components of k here.
#! verdict = s-generative
#! c1 = holds bernstein
#! c2 = holds growth-rate-sign
pde rate_constants {
 param a > 0
 param k1 > 0
 dt(phi) - a*dt(lap(phi)) = k1*lap(phi)
}
