#! c1 = holds bernstein
# lambda/(1 + lambda) + lambda/(2 + lambda)
pde interlacing_quotient { 2*dt(phi) - 3*dt(lap(phi)) + dt(lap(phi, 2)) = 3*lap(phi) - 2*lap(phi, 2) }
