# 1 - b theta + d theta^2 = 1 > 0: on the line only.
#! verdict = conditional
#! problem = evolution
#! c1 = conditional relaxation [N = 1]
#! c2 = holds routh-hurwitz
pde kelvin_voigt { dt(phi, 2) - dt(lap(phi)) = lap(phi) }
