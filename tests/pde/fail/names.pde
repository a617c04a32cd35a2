pde names {
    field phi
    param phi > 0
    param x2
    param lap > 0
    let phi_tt = 3
    param a; let a = 2
    let b = c + b
    let c = a
    param t
    param omega
    dt(phi) = b*c*t*lap(phi)
}
