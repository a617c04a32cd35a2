#! problem = half-space
#! c2 = holds factors
pde different_rates { param m > 0 = 1
dt(phi,4) + 2*dt(lap(phi),2) + lap(phi,2) - m^2*dt(phi,2) - m^2*lap(phi) = 0 }
