#! verdict = not-s-generative
#! c1 = fails local-first-order
#! c2 = holds growth-rate-sign
pde quartic_in_the_plane {
    dim 2
    dt(phi) + d(phi, x1, 4) - d(d(phi, x1, 2), x2, 2) + d(phi, x2, 4) = 0
}
