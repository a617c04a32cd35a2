# Fractional diffusion: Levy flights.
# Source: Schilling, Song, Vondracek, Bernstein Functions (2012), chapter 13.
# Physics: particles that jump with heavy tails; alpha = 2 is diffusion, alpha = 1 has Cauchy kernels.
# Group: levy
# Expected: s-generative: s = -|k|^alpha is minus a Bernstein function of k^2 for 0 < alpha <= 2.
pde levy "Fractional diffusion (Levy flights)" {
    param alpha in (0, 2] = 1.5  # index of stability

    dt(phi) = -fraclap(phi, alpha)
}
