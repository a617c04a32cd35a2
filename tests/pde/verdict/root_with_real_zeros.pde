#! c1 = holds bernstein
pde root_with_real_zeros { dt(phi) = -fourier(sqrt(k^4 + 3*k^2 + 1) - 1, phi) }
