pde leading {
    param D > 0
    dt(phi)
        = D*lap(phi)
        - phi
        + 2*phi
}
