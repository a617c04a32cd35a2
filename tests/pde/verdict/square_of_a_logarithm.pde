#! c1 = holds bernstein
pde square_of_a_logarithm { dt(phi) = -fourier(log(1 + k)^2, phi) }
