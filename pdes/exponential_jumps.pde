# Compound Poisson with Gaussian jumps of exponentially distributed variance.
# Source: Sato, Levy Processes and Infinitely Divisible Distributions (1999).
# Physics: rest and jump; the tails of a jump are exponential.
# Group: levy
# Expected: s-generative: lambda/(a + lambda) is a complete Bernstein function.
pde exponential_jumps "Exponential mixture of jumps" {
    param a > 0 = 1  # square of the inverse jump length

    dt(phi) = -fourier(k^2/(a + k^2), phi)
}
