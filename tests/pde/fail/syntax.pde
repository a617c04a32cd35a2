pde syntax {
    param
    param > 0
    param a >
    param b in 0, 1
    param c = 2*3
    dim two
    field
    time s
    let = 3
    let q 3
    density
    dt(phi) = )
}
