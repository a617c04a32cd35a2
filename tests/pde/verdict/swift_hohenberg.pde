#! verdict = not-s-generative
#! c1 = fails local-first-order
#! c2 = fails growth-rate-sign
pde swift_hohenberg {
    param r = 0.1
    dt(phi) = r*phi - phi - 2*lap(phi) - lap(phi, 2)
}
