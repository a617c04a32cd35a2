#! verdict = s-generative
#! c1 = holds elliptic-square-root
#! c2 = holds routh-hurwitz
pde anisotropic { dt(phi, 2) + aniso([[2, 0.5], [0.5, 1]], phi) - phi = 0 }
