#! verdict = s-generative
#! c1 = holds bernstein
pde iterated_logarithm { dt(phi) = -fourier(log(1 + log(1 + k^2)), phi) }
