#! c1 = conditional relaxation [b >= tau*c^2; N = 1]
#! c2 = conditional routh-hurwitz [b > tau*c^2]
pde mgt { param tau > 0 = 1; param c > 0 = 1; param b > 0 = 2
tau*dt(phi,3) + dt(phi,2) - c^2*lap(phi) - b*dt(lap(phi)) = 0 }
