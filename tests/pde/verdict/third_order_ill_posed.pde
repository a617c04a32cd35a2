#! verdict = not-s-generative
#! problem = ill-posed
#! c2 = fails routh-hurwitz
pde third { dt(phi, 3) + 2*dt(phi, 2) + dt(phi) - lap(phi) = 0 }
