# The dissipative wave (telegraph) equation.
# Source: GenPhys, arXiv 2304.02637.
# Physics: a wave that loses energy at the rate eps; in one dimension it is a random walk that keeps its direction for a while.
# Group: paper
# Expected: conditional: a persistent random walk in N = 1; in N >= 2 wave fronts make the density negative.
pde dissipative_wave "Dissipative wave (telegraph)" {
    param eps > 0 = 1  # damping rate

    dt(phi, 2) + 2*eps*dt(phi) - lap(phi) = 0
}
