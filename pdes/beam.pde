# Bending waves of a beam.
# Source: Landau, Lifshitz, Theory of Elasticity.
# Physics: transverse vibrations without loss.
# Group: waves
# Expected: not s-generative: Im omega = 0 for every wave.
pde beam "Euler-Bernoulli beam" {
    dim 1

    dt(phi, 2) + lap(phi, 2) = 0
}
