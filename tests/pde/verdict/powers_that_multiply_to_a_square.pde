# |k|^0.5 |k|^1.5 = k1^2 + k2^2 beside drift: psi = |k|^2 + i k1 is that of a drifting Gaussian.
#! verdict = s-generative
#! c1 = holds local-first-order
#! flux = [phi - dx(phi), -d(phi, x2)]
pde powers_that_multiply_to_a_square { dim 2
dt(phi) + dx(phi) = -fraclap(fraclap(phi, 0.5), 1.5) }
