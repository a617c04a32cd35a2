pde one_side {
    dt(phi) - lap(phi)
}
