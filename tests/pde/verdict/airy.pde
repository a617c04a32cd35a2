#! verdict = not-s-generative
#! c1 = fails local-first-order
#! c2 = fails growth-rate-sign
pde airy { field u; dt(u) + d(u, x1, 3) = 0 }
