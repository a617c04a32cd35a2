# s = -(k1 + 2 k2)^2/2
#! verdict = not-s-generative
#! c2 = fails growth-rate-sign
pde null_direction {
    dim 2
    dt(phi) - 0.5*d(phi, x1, 2) - 2*d(phi, x2, 2) - 2*d(d(phi, x1), x2) = 0
}
