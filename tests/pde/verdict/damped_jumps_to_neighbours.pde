#! c1 = conditional bounded-force [N = 1]
pde neighbours { dt(phi, 2) + 3*dt(phi) + fourier(1 - cos(k), phi) = 0 }
