#! c1 = holds bernstein
# |k|/(1 + |k|)
pde quotient_of_roots { dt(phi) + dt(fraclap(phi, 1)) = -fraclap(phi, 1) }
