# The third derivative grows like |k|^3, whichever sign it has.
#! verdict = not-s-generative
#! c1 = fails local-first-order
#! c2 = holds growth-rate-sign
pde kdv_burgers { dim 1; param nu > 0 = 1; param b != 0 = 1
dt(phi) + b*dx(phi, 3) = nu*dx(phi, 2) }
