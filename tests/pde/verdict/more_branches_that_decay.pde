# c = 1 + k^2 - k^4: the lower branch rises at first, and one of two decaying branches reaches Re s = 0.
#! verdict = not-s-generative
#! problem = half-space
#! c2 = fails routh-hurwitz
pde more_branches_that_decay { dt(phi, 2) + 2*dt(phi) + phi - lap(phi) - lap(phi, 2) = 0 }
