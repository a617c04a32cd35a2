# The Poisson equation with one data dimension added: the process behind Poisson flow models (PFGM).
# Source: GenPhys, arXiv 2304.02637; PFGM, arXiv 2209.11178.
# Physics: the electrostatic potential phi of charges that lie on the plane t = 0.
# Group: paper
# Expected: s-generative: the decaying branch is -|k|; Poisson flow models.
pde poisson "Poisson (PFGM)" {
    dt(phi, 2) + lap(phi) = 0
}
