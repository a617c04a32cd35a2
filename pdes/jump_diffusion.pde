# Diffusion with Gaussian jumps.
# Source: Merton, Option pricing when underlying stock returns are discontinuous (1976).
# Physics: a walk that is continuous except for rare jumps.
# Group: levy
# Expected: s-generative: a sum of Bernstein functions.
pde jump_diffusion "Jump diffusion" {
    param D > 0 = 1  # diffusivity
    param rate >= 0 = 1  # jumps per time

    dt(phi) = D*lap(phi) - rate*fourier(1 - exp(-k^2), phi)
}
