#! c1 = conditional elliptic-square-root [alpha <= 2 or (alpha <= 4 and m = 0)]
pde frac_yukawa { param alpha in (0, 6] = 1.5; param m >= 0 = 1
 dt(phi, 2) - fraclap(phi, alpha) - m^2*phi = 0 }
