#! c1 = fails local-first-order
pde film { dim 2; param g > 0 = 1; param A = 1
dt(phi) = g*lap(phi,3) + A*d(phi,x1,2) }
