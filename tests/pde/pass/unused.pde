pde unused {
    param D > 0
    param E > 0
    let a = 2*D
    dt(phi) = lap(phi)
}
