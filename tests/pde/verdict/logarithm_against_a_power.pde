# k - log(1 + k^2) > 0 for every k.
#! verdict = not-s-generative
#! c2 = holds growth-rate-sign
pde balance { dt(phi) = -fraclap(phi, 1) + fourier(log(1 + k^2), phi) }
