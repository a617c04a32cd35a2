#! verdict = s-generative
#! problem = half-space
#! c1 = holds elliptic-square-root
#! c2 = holds routh-hurwitz
pde heat_in_disguise { dt(phi, 2) = lap(phi, 2) }
