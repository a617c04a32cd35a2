#! c1 = conditional line-quotient [a*c + D >= 0]
pde one_pole { dim 1; param a > 0 = 1; param D = 1; param c = 0
dt(phi) + a*dt(dx(phi)) = D*dx(phi,2) - c*dx(phi) }
