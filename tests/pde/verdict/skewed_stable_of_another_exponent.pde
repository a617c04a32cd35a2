# |tan(0.8 pi)| = 0.72654 < 0.8.
#! c1 = fails sum-of-levy-exponents
pde skewed_stable_of_another_exponent { dim 1
dt(phi) = -fraclap(phi, 1.6) - 0.8*dx(fraclap(phi, 0.6)) }
