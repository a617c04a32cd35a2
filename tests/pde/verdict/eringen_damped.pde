#! c1 = conditional relaxation [l*g >= 2*c]
#! c2 = holds routh-hurwitz
pde eri { param l > 0 = 1; param g > 0 = 3; param c > 0 = 1
dt(phi,2) + g*dt(phi) - l^2*lap(dt(phi,2) + g*dt(phi)) = c^2*lap(phi) }
