pde flat {
    dim 1..2
    dt(phi) = d(phi, x3, 2) + d(phi, x0)
}
