# The Laplace equation in N + D dimensions for fields that depend on the last D only through their radius t.
# Source: PFGM++, arXiv 2302.04265.
# Physics: the electrostatic potential phi of charges on the N data dimensions; D = 1 is PFGM, D to infinity diffusion.
# Group: extended space
# Expected: s-generative: subordination by an inverse Gamma time, for every real D > 0.
pde pfgmpp "PFGM++: Laplace in N + D dimensions, radial in the last D" {
    param D > 0 = 128  # number of added dimensions, any positive real number
    time t in (0, inf)

    dt(phi, 2) + (D - 1)/t*dt(phi) + lap(phi) = 0
}
