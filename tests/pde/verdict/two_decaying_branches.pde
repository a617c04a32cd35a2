#! verdict = undecided
pde both { dt(phi, 2) + 2*dt(phi) + lap(phi) + phi = 0 }
