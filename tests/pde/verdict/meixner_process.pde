# The symmetric Meixner process (Schoutens, Teugels).
#! verdict = s-generative
#! c1 = holds bernstein
#! c2 = holds growth-rate-sign
pde meixner_process {
 param delta > 0
 param a > 0
 dim 1
 dt(phi) = -2*delta*fourier(log(cosh(a*k/2)), phi)
}
