#! c1 = conditional bernstein [alpha <= 2]
pde jumps_of_any_power { param alpha in (0, 4] = 1; param rate > 0 = 1
 dt(phi) = -rate*fourier(1 - exp(-k^alpha), phi) }
