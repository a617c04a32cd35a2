# The screened Poisson equation in N + D dimensions, radial in the last D.
# Source: GenPhys, arXiv 2304.02637; PFGM++, arXiv 2302.04265.
# Physics: charges on the data whose field is screened; D = 1 is Yukawa, m = 0 is PFGM++.
# Group: extended space
# Expected: s-generative: subordination by a generalised inverse Gaussian time.
pde screened_pfgmpp "Screened PFGM++: Yukawa in N + D dimensions" {
    param D > 0 = 128  # number of added dimensions
    param m > 0 = 1  # inverse screening length

    dt(phi, 2) + (D - 1)/t*dt(phi) + lap(phi) - m^2*phi = 0
}
