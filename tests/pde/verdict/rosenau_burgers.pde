# Jumps that altogether have the rate 0.
#! verdict = not-s-generative
#! c1 = fails line-quotient
#! c2 = holds growth-rate-sign
pde rosenau_burgers {
 param a > 0
 param b > 0
 dim 1
 dt(phi) + a*dt(lap(phi, 2)) = b*lap(phi) - dx(phi)
}
