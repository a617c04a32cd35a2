#! verdict = s-generative
#! c1 = holds caputo-local-first-order
#! c2 = holds caputo-growth-rate-sign
pde ctg { param m > 0 = 1; dt(phi, 0.7) = lap(phi) + m^2*phi }
