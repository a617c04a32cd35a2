#! verdict = conditional
# Real only for b = 0, where it is the heat equation on the line.
pde mass_that_may_be_imaginary { param a in [0.1, 3] = 1; param b = 2; dt(phi) - 3*d(phi, x1, 2) - I*a*b*phi = 0 }
