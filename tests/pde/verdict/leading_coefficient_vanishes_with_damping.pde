# a L s^2 + (1 + L) s + 1 + L: s0 = -1, P'(s0) = 1 + (1 - 2a) L and P(s0) = a L, so that C2 holds exactly for a <= 1/2; for larger a the
# pair of short waves decays with 1/(2a) < 1.
#! problem = evolution
#! c2 = conditional routh-hurwitz [a <= 0.5]
pde leading_coefficient_vanishes_with_damping { param a > 0 = 1
-a*dt(lap(phi), 2) + dt(phi) - dt(lap(phi)) + phi - lap(phi) = 0 }
