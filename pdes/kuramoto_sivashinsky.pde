# Chaotic flame fronts in one dimension.
# Source: Kuramoto (1978); Sivashinsky (1977).
# Physics: long waves grow, short waves decay, the square of the slope couples them.
# Group: pattern formation
# Expected: not s-generative: long waves grow.
pde kuramoto_sivashinsky "Kuramoto-Sivashinsky equation" {
    dt(phi) + 0.5*dx(phi)^2 + d(phi, x1, 2) + d(phi, x1, 4) = 0
}
