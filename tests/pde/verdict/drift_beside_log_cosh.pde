# Only Re s counts, which is a function of |k|: a real drift changes nothing.
#! c2 = holds growth-rate-sign
pde drift_beside_log_cosh {
    param b
    dim 1

    dt(phi) + b*dx(phi) + fourier(log(cosh(k)), phi) = 0
}
