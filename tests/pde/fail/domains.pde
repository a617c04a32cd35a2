pde domains {
    param a > 0 = 0
    param b in (2, 1)
    param c in [0, inf]
    param complex d > 0
    param e in (0, 1] = 2
    param f != 0 = 0
    dim 0
    dim 3..2
    time s in (5, 0)
    dt(phi) = (a + b + c + d + e + f)*lap(phi)
}
