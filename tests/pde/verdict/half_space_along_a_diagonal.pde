# s = -|k1 + k2|: still along the other diagonal.
#! verdict = not-s-generative
#! c1 = holds elliptic-square-root
#! c2 = fails routh-hurwitz
pde half_space_along_a_diagonal { dim 2
dt(phi, 2) + aniso([[1, 1], [1, 1]], phi) = 0 }
