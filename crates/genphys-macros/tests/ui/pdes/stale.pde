pde wave {
    dt(phi, 2) - 2*lap(phi) = 0
}
