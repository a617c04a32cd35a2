#! verdict = s-generative
#! c1 = holds elliptic-square-root
#! c2 = holds routh-hurwitz
pde half_space_with_jumps { dt(phi, 2) + lap(phi) - fourier(1 - exp(-k^2), phi) = 0 }
