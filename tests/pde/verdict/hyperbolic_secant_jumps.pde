#! c1 = holds bernstein
#! c2 = holds growth-rate-sign
pde sech { param r > 0 = 1; dt(phi) = -r*fourier(1 - 2/(exp(k) + exp(-k)), phi) }
