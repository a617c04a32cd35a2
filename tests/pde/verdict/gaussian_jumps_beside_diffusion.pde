#! c1 = conditional bernstein [a >= 0; D >= 0]
#! c2 = conditional growth-rate-sign [(D > 0 and D + a >= 0) or (D = 0 and a > 0)]
pde jumps { param D in [-1, 1] = 0.5; param a in [-1, 1] = 0.5
 dt(phi) = D*lap(phi) - a*fourier(1 - exp(-k^2), phi) }
