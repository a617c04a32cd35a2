#! c1 = conditional sum-of-levy-exponents [a = 0]
pde third_derivative_beside_a_power { param a = 1; dt(phi) = -fraclap(phi, 1) + a*d(phi, x1, 3) }
