# a k^2 > 2 (sqrt(1 + k^2) - 1), on a rational curve.
#! c2 = conditional growth-rate-sign [a >= 1]
pde root_multiplier_with_a_weight {
    param a > 0 = 2
    dt(phi) = a*lap(phi) + 2*fourier(sqrt(1 + k^2) - 1, phi)
}
