# The wave equation with mass.
# Source: GenPhys, arXiv 2304.02637.
# Physics: a relativistic field without loss.
# Group: waves
# Expected: not s-generative: Im omega = 0 for every wave.
pde klein_gordon "Klein-Gordon equation" {
    param m > 0 = 1  # mass

    dt(phi, 2) - lap(phi) + m^2*phi = 0
}
