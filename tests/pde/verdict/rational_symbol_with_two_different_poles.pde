#! c1 = conditional line-quotient [a^2*D + 2*b*D >= a*b*c; a*D*c + D^2 >= b*c^2]
# a = 1, b = 2, D = 1: p >= 0 for c in [-0.5, 1]; at c = 1.2 a density of -0.06.
pde two_poles { dim 1; param a > 0 = 1; param b > 0 = 2; param D = 1; param c = 0
dt(phi) + a*dt(dx(phi)) - b*dt(dx(phi,2)) = D*dx(phi,2) - c*dx(phi) }
