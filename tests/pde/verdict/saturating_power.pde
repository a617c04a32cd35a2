#! c1 = conditional bernstein [s <= 1]
#! c2 = holds growth-rate-sign
pde saturating { param s in (0, 2] = 0.5; param c > 0 = 1; dt(phi) = -fourier(k^(2*s)/(c + k^(2*s)), phi) }
