#! c2 = holds routh-hurwitz
pde cattaneo { dim 1; param a >= 0 = 1; a*dt(phi, 2) + dt(phi) = lap(phi) }
