#! problem = half-space
#! c2 = holds factors
pde two_factors { dt(phi,4) + 3*dt(lap(phi),2) + 2*lap(phi,2) = 0 }
