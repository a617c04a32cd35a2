# Kac's persistent random walk.
# Source: Kac, A stochastic model related to the telegrapher's equation (1974).
# Physics: a walker of constant speed that turns round at random times.
# Group: waves
# Expected: s-generative: in N = 1 the density is that of the walk.
pde telegraph_line "Telegraph equation on the line" {
    dim 1
    param eps > 0 = 1  # rate of turning round

    dt(phi, 2) + 2*eps*dt(phi) - lap(phi) = 0
}
