# |tan(2 pi/3)| = sqrt(3) for the exponent 4/3.
#! c1 = conditional sum-of-levy-exponents [sqrt(3) >= b; b + sqrt(3) >= 0]
pde skewed_stable_irrational { dim 1; param b = 0.5
dt(phi) = -fraclap(phi, 4/3) - b*dx(fraclap(phi, 1/3)) }
