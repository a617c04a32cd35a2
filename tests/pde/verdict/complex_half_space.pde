# exp(-sqrt(-i) |k| t) is not Hermitian: p is not real.
#! verdict = not-s-generative
#! c1 = fails real-density
#! c2 = holds real-part-of-root
pde complex_half_space { dt(phi, 2) = I*lap(phi) }
