#! verdict = s-generative
#! c1 = holds bernstein
# lambda/g for a complete Bernstein function g
pde conjugate_of_a_root { dt(phi) = -fourier(k^2/sqrt(1 + k^2), phi) }
