#! verdict = not-s-generative
#! c1 = holds elliptic-square-root
#! c2 = fails routh-hurwitz
#! problem = half-space
pde elliptic_with_a_still_direction {
    param b > 0 = 2
    dt(phi, 2) - b*phi + 2*d(phi, x2, 2) = 0
}
