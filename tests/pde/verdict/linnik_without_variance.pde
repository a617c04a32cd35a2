#! c1 = fails bernstein
pde steep { param s in (2, 3] = 2.5; param c > 0 = 1; dt(phi) = -fourier(log(1 + c*k^s), phi) }
