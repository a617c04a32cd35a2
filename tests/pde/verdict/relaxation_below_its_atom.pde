# The rates 3 and 5 are faster than 1/theta = 2: the mass falls below that of the point at rest.
#! c1 = fails relaxation
pde relaxation_below_its_atom { dim 1
dt(phi, 2) + 8*dt(phi) + 15*phi = lap(phi) + 0.5*dt(lap(phi)) }
