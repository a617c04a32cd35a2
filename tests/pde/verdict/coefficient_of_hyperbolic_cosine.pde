# cosh(a) > 1 for a > 0.
#! c2 = holds growth-rate-sign
pde coefficient_of_hyperbolic_cosine {
    param a > 0

    dt(phi) = (cosh(a) - 1)*lap(phi)
}
