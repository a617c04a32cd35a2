#! verdict = not-s-generative
#! c1 = holds local-first-order
#! c2 = fails growth-rate-sign
pde advection { dt(phi) = dx(phi) }
