# The jump density is (c +- b) r^-2.5 + C r^-2.25 up to positive factors: negative on one side for small r, where b > c.
#! c1 = fails sum-of-levy-exponents
pde skewed_stable_each_by_itself { dim 1
dt(phi) = -fraclap(phi, 1.5) - fraclap(phi, 1.25) - 1.2*dx(fraclap(phi, 0.5)) }
