# exp(a) > 1 for a > 0.
#! c2 = holds growth-rate-sign
pde coefficient_above_one {
    param a > 0

    dt(phi) = (exp(a) - 1)*lap(phi)
}
