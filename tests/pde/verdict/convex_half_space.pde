#! verdict = not-s-generative
#! problem = half-space
#! c1 = fails elliptic-square-root
#! c2 = holds routh-hurwitz
pde convex { dt(phi, 2) = lap(phi, 2) + phi }
