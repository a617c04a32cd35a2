#! c1 = holds bernstein
pde ilw { dt(phi) = -fourier(k*(exp(2*k) + exp(-2*k))/(exp(2*k) - exp(-2*k)) - 1/2, phi) }
