# The linear part of the Swift-Hohenberg equation.
# Source: Swift, Hohenberg, Hydrodynamic fluctuations at the convective instability (1977).
# Physics: waves of length 2*pi grow fastest: a pattern appears.
# Group: pattern formation
# Expected: not s-generative: waves near |k| = 1 decay more slowly than the mean.
pde swift_hohenberg_linear "Swift-Hohenberg, linear part" {
    param r in (0, 1) = 0.5  # distance from the threshold

    dt(phi) = (r - 1)*phi - 2*lap(phi) - lap(phi, 2)
}
