# k^2 > 2 (sqrt(1 + k^2) - 1), on a rational curve.
#! c2 = holds growth-rate-sign
pde root_multiplier_with_a_weight { dt(phi) = lap(phi) + 2*fourier(sqrt(1 + k^2) - 1, phi) }
