#! verdict = conditional
#! c1 = conditional local-first-order [a^2 <= 2]
#! c2 = conditional growth-rate-sign [a^2 < 2]
pde anisotropic { param a = 1; dt(phi) = aniso([[1, a], [a, 2]], phi) }
