# The Schroedinger equation of a free particle.
# Source: GenPhys, arXiv 2304.02637.
# Physics: the wave function phi of a particle without forces; every wave keeps its amplitude.
pde schroedinger "Schrödinger (free particle)" {
    I*dt(phi) + lap(phi) = 0
}
