#! verdict = not-s-generative
#! problem = evolution
#! c2 = fails routh-hurwitz
pde beam { dt(phi, 2) + lap(phi, 2) = 0 }
