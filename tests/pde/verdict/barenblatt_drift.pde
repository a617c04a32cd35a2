#! c1 = conditional line-quotient [D^2 >= a*b^2]
pde bardrift { dim 1; param a > 0 = 1; param D > 0 = 1; param b = 0.5
dt(phi) - a*dt(dx(phi,2)) = D*dx(phi,2) - b*dx(phi) }
