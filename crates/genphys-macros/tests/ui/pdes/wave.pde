# The ideal wave equation.
# Source: GenPhys, arXiv 2304.02637.
# Physics: sound or light in a medium without loss; nothing is ever smoothed.
# Group: paper
# Expected: not s-generative: Im omega = 0 for every wave.
pde wave "Ideal wave" {
    dt(phi, 2) - lap(phi) = 0
}
