# T falls with N: 0.509 in N = 7, 0.484 in N = 8 for the exponent 1.5.
#! c1 = conditional sum-of-levy-exponents [N <= 7]
pde skewed_stable_up_to_a_dimension { dim 1..
dt(phi) = -fraclap(phi, 1.5) - 0.5*dx(fraclap(phi, 0.5)) }
