# k^2 - (1 - exp(-k^2)) = k^4/2 - ... > 0.
#! verdict = not-s-generative
#! c1 = fails bernstein
#! c2 = holds growth-rate-sign
pde balance { dt(phi) = lap(phi) + fourier(1 - exp(-k^2), phi) }
