#! c1 = fails subadditivity
pde unused_parameter { param a > 0 = 1; dt(phi) = fourier(exp(-k^4) - 1, phi) }
