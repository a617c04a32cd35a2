# A walk on a lattice does not forget where between its sites it began.
#! verdict = not-s-generative
#! c1 = holds levy-closure
#! c2 = fails growth-rate-sign
pde lattice_walk {
 dim 1
 param r > 0
 param h > 0
 dt(phi) = -2*r*fourier(1 - cos(h*k), phi)
}
