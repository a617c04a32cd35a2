pde numbers {
    param a in (-inf, 2e-3] = -1.50
    param b < 1000000 = 0.000001
    param c <= 12.5e20 = -0
    dt(phi) = 0.10*a*lap(phi) + 1e-12*b*phi + 100e-2*c*phi + 6.62607015e-34*phi
}
