# Along x2 the power is all there is.
#! c2 = conditional growth-rate-sign [c > 0]
pde null_axis_beside_a_power {
    param c
    dim 2

    dt(phi) = d(phi, x1, 2) - c*fraclap(phi, 1.5)
}
