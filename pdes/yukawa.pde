# The screened Poisson equation.
# Source: GenPhys, arXiv 2304.02637.
# Physics: the potential phi of a force with a carrier of mass m, such as the weak interaction; it reaches about 1/m far.
# Group: paper
# Expected: s-generative: the decaying branch is -sqrt(k^2 + m^2); particles die and split.
pde yukawa "Screened Poisson (Yukawa)" {
    param m > 0 = 1  # inverse screening length

    dt(phi, 2) + lap(phi) - m^2*phi = 0
}
