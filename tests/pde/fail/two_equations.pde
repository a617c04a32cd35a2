pde two {
    dt(phi) = lap(phi)
    dt(phi, 2) = lap(phi) = 0
    param D > 0
}
