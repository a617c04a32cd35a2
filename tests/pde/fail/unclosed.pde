pde unclosed {
    let a = (1 + (2*3)
    param D > 0
    dt(phi) = D*lap(phi
}
