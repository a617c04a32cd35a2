#! verdict = s-generative
#! problem = half-space
#! c1 = holds elliptic-square-root
# s = -(lambda + sqrt(lambda^2 + 4 lambda))/2
pde viscous_half_space { dt(phi, 2) - dt(lap(phi)) + lap(phi) = 0 }
