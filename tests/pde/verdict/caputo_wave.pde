#! verdict = conditional
#! c1 = conditional fractional-wave [N = 1]
#! c2 = holds caputo-growth-rate-sign
# Fujita: positive on the line, negative at the source beyond it.
pde cwv { param D > 0 = 1; dt(phi, 3/2) = D*lap(phi) }
