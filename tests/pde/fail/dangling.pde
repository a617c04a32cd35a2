pde dangling {
    dt(phi) = lap(phi) +
    param D > 0
}
