# cos(k) and cos(2*k) have a period in common.
#! c2 = fails growth-rate-sign
pde lattice_of_two_lengths {
    param s
    dim 1

    dt(phi) + fourier(1 - cos(k) + s*(1 - cos(2*k)), phi) = 0
}
