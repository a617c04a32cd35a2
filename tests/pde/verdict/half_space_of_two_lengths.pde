# sqrt(a k^4 + b k^2) is the root of a product of two complete Bernstein functions of |k|^2.
#! verdict = s-generative
#! c1 = holds elliptic-square-root
#! c2 = holds routh-hurwitz
pde half_space_of_two_lengths { param a > 0 = 1; param b > 0 = 1
dt(phi, 2) = a*lap(phi, 2) - b*lap(phi) }
