#! problem = half-space
#! c2 = holds factors
pde thh { dt(phi,6) + 3*dt(lap(phi),4) + 3*dt(lap(phi,2),2) + lap(phi,3) = 0 }
