#! c1 = holds levy-closure
# 0/0 at k = 0 inside of a power.
pde two_uniform_jumps { dim 1
 dt(phi) = -fourier(1 - (sin(k)/k)^2, phi) }
