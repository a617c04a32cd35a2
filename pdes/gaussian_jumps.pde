# A compound Poisson process with Gaussian jumps.
# Source: Sato, Levy Processes and Infinitely Divisible Distributions (1999).
# Physics: particles rest and jump at random times by Gaussian steps.
# Group: levy
# Expected: s-generative: 1 - exp(-a*lambda) is a Bernstein function, bounded, with an atom at 0.
pde gaussian_jumps "Gaussian jumps" {
    param rate > 0 = 1  # jumps per time
    param a > 0 = 1  # half the variance of a jump

    dt(phi) = -rate*fourier(1 - exp(-a*k^2), phi)
}
