# Re c counts.
#! c2 = conditional growth-rate-sign [re(c) > 0]
pde complex_coefficient {
    param complex c

    dt(phi) = c*lap(phi)
}
