#! verdict = undecided
pde csr { I*dt(phi, 0.5) + lap(phi) = 0 }
