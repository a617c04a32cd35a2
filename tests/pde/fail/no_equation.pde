pde none {
    param D > 0
}
