# Poisson's equation with a fractional Laplacian: elliptic in t.
# Source: Schilling, Song, Vondracek, Bernstein Functions (2012).
# Physics: the trace of Levy flights in half the index.
# Group: levy
# Expected: s-generative: the decaying branch is -|k|^(alpha/2), up to alpha = 4.
pde fractional_poisson "Fractional Poisson equation" {
    param alpha in (0, 4] = 1

    dt(phi, 2) - fraclap(phi, alpha) = 0
}
