#! c2 = conditional growth-rate-sign [a <= 1]
pde rational_multiplier_with_a_weight {
    param a > 0 = 0.5
    dt(phi) = lap(phi) + a*fourier(k^2/(1 + k^2), phi)
}
