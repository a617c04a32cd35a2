#! c1 = conditional two-branches [b^2 >= 4*m; b >= 0 or m <= 0]
pde nothing_moves { param b = 3; param m = 1; dt(phi, 2) + b*dt(phi) + m*phi = 0 }
