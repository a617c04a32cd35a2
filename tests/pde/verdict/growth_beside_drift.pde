# Re s = -k^2 + |k|^2.5 on the line is not bounded; |k| and k are the same length there.
#! problem = ill-posed
#! c1 = fails sum-of-levy-exponents
#! c2 = fails growth-rate-sign
pde growth_beside_drift { dim 1
dt(phi) + dx(phi) = dx(phi, 2) + fraclap(phi, 2.5) }
