#! c1 = conditional bernstein [alpha <= 2]
#! c2 = holds growth-rate-sign
pde stable_jumps { param alpha in (0, 4] = 1; param rate > 0 = 1
 dt(phi) = -rate*fourier(1 - exp(-k^alpha), phi) }
