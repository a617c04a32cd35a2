# The heat equation with time reversed.
# Source: Hadamard, Lectures on Cauchy's Problem (1923).
# Physics: un-mixing: every short wave grows without bound.
# Group: diffusion
# Expected: not s-generative: ill posed; reversed in time it is diffusion.
pde backward_heat "Backward heat equation" {
    param D > 0 = 1  # diffusivity

    dt(phi) = -D*lap(phi)
}
