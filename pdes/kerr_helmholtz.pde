# The Helmholtz equation with an intensity-dependent index.
# Source: GenPhys, arXiv 2304.02637 (Helmholtz); Boyd, Nonlinear Optics (2008).
# Physics: light of one frequency in a Kerr medium; short waves are evanescent.
# Group: nonlinear
# Expected: conditional (linearised): as Helmholtz, waves with k > k0.
pde kerr_helmholtz "Kerr-Helmholtz equation" {
    param k0 > 0 = 1  # wave number
    param chi = 1  # Kerr coefficient

    dt(phi, 2) + lap(phi) + k0^2*phi + chi*phi^3 = 0
}
