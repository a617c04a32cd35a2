# The Schroedinger equation of a free particle.
# Source: GenPhys, arXiv 2304.02637.
# Physics: the wave function phi of a particle without forces; every wave keeps its amplitude.
# Group: paper
# Expected: not s-generative: Im omega = 0 for every wave.
pde schroedinger "Schrödinger (free particle)" {
    I*dt(phi) + lap(phi) = 0
}
