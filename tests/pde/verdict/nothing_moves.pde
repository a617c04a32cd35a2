#! verdict = not-s-generative
#! c1 = conditional two-branches [b^2 >= 4*d and b >= 0 or b^2 >= 4*d and d <= 0]
pde nothing_moves { param b = 3; param d = 1; dt(phi, 2) + b*dt(phi) + d*phi = 0 }
