#! c1 = conditional two-branches [c <= 0.25]
# a = b = f = 1, e = 1/2, c2 = 0: e f b - a e^2 - d f^2 >= 0.
pde two_velocities { dim 1; param c >= 0 = 0.1
dt(phi,2) + dt(dx(phi)) + dt(phi) + 0.5*dx(phi) + c*phi = 0 }
