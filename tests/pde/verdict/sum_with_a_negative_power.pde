# The jump density is that of |k|^1.5 with a negative weight at small r.
#! c1 = fails bernstein
#! c2 = holds growth-rate-sign
pde sum_with_a_negative_power { dt(phi) = lap(phi) + fraclap(phi, 1.5) - 4*fraclap(phi, 1) }
