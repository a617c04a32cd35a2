#! verdict = not-s-generative
#! c1 = holds caputo-local-first-order
#! c2 = fails caputo-mass-dies
# p(k)/p(0) of the transforms tends to m^2/(m^2 + k^2).
pde ctd { param m > 0 = 1; dt(phi, 0.7) = lap(phi) - m^2*phi }
