#! c2 = conditional growth-rate-sign [B >= 0; A >= 0]
pde tft { dim 2; param g > 0 = 1; param U = 1; param A = 1; param B = 1
dt(phi) + U*dx(phi) = -g*lap(phi,2) + B*dx(phi,2) + A*d(phi,x2,2) }
