# The Helmholtz equation: screened Poisson with the other sign.
# Source: GenPhys, arXiv 2304.02637.
# Physics: the amplitude phi of a wave of one frequency; waves longer than 2*pi/k0 oscillate in t, shorter ones decay.
# Group: paper
# Expected: conditional: waves longer than 2*pi/k0 oscillate instead of decaying.
pde helmholtz "Helmholtz" {
    param k0 > 0 = 1  # wave number

    dt(phi, 2) + lap(phi) + k0^2*phi = 0
}
