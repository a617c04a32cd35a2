# Diffusion in a harmonic trap.
# Source: Uhlenbeck, Ornstein, On the Theory of the Brownian Motion (1930).
# Physics: a Brownian particle on a spring forgets where it came from.
# Group: diffusion
# Expected: s-generative: in coordinates that move with the drift the noise grows without bound.
pde ornstein_uhlenbeck "Ornstein-Uhlenbeck process" {
    param theta > 0 = 1  # stiffness
    param D > 0 = 1  # diffusivity

    dt(phi) = theta*div(x*phi) + D*lap(phi)
}
