# C2 is 1 - a^2 x + x^3 > 0 for all x > 0; the value that the domain leaves out lies amid the values where it holds.
#! c1 = fails local-first-order
#! c2 = conditional growth-rate-sign [a^6 < 6.75]
pde parameter_that_is_not_zero { param a != 0; dt(phi) = lap(phi) + a^2*lap(phi, 2) - lap(phi, 4) }
