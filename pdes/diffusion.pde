# The diffusion (heat) equation: the process behind diffusion models.
# Source: GenPhys, arXiv 2304.02637.
# Physics: a concentration phi spreads from high to low at a rate set by the diffusivity D.
# Group: paper
# Expected: s-generative: s = -D*k^2; diffusion models.
pde diffusion "Diffusion" {
    param D > 0 = 1  # diffusivity

    dt(phi) = D*lap(phi)
}
