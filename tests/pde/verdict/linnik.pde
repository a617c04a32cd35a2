#! c1 = conditional bernstein [alpha <= 2]
#! c2 = holds growth-rate-sign
pde linnik { param alpha in (0, 3] = 1.5
 dt(phi) = -fourier(log(1 + k^alpha), phi) }
