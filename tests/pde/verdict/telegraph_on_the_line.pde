#! verdict = s-generative
#! c1 = holds two-branches
#! c2 = holds routh-hurwitz
pde telegraph { dim 1; param eps > 0 = 1; dt(phi, 2) + 2*eps*dt(phi) - lap(phi) = 0 }
