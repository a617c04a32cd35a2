# s^2 + b s + m + k^2 (1 + theta s): where (s + 1/theta) divides, at b theta = m theta^2 + 1 and as the slower root, C2 fails.
#! c2 = conditional routh-hurwitz [b != 2]
#! c1 = conditional relaxation [b >= 2]
pde redundant_conditions { dim 1; param b >= 0 = 1
dt(phi, 2) + b*dt(phi) + phi = lap(phi) + dt(lap(phi)) }
