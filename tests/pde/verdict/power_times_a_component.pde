# psi = |k|^1.5 + |k| k1^2: of degree 3 along the first axis, although no factor is above |k|^2.
#! c1 = fails sum-of-levy-exponents
#! c2 = holds growth-rate-sign
pde power_times_a_component { dim 2
dt(phi) = -fraclap(phi, 1.5) + d(fraclap(phi, 1), x1, 2) }
