pde heat {
    param D > 0
    dt(u) = D*lap(u)
}
