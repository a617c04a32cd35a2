# Nothing moves along x1.
#! c1 = holds two-branches
#! c2 = fails routh-hurwitz
pde walk { dt(phi, 2) + 2*dt(phi) = d(phi, x2, 2) }
