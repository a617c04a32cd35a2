# A model of patterns in convection.
# Source: Swift, Hohenberg, Hydrodynamic fluctuations at the convective instability (1977).
# Physics: stripes appear out of a uniform state.
# Group: pattern formation
# Expected: not s-generative: about phi = 0 waves near |k| = 1 grow.
pde swift_hohenberg "Swift-Hohenberg equation" {
    param r in (0, 1) = 0.5  # distance from the threshold

    dt(phi) = (r - 1)*phi - 2*lap(phi) - lap(phi, 2) - phi^3
}
