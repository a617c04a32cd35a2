# Brownian motion in Gamma time.
# Source: Madan, Seneta, The Variance Gamma (V.G.) Model for Share Market Returns (1990).
# Physics: a diffusion whose clock is a Gamma process.
# Group: levy
# Expected: s-generative: log(1 + a*lambda) is a Bernstein function.
pde variance_gamma "Variance-gamma process" {
    param a > 0 = 1  # scale

    dt(phi) = -fourier(log(1 + a*k^2), phi)
}
