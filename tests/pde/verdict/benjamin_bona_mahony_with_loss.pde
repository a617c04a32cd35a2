#! c1 = conditional line-quotient [D >= 0; D^2 >= b^2]
pde bbm { dim 1; param b = 0.5; param D = 1
dt(phi) - dt(dx(phi,2)) = D*dx(phi,2) + b*dx(phi,3) }
