#! c1 = conditional two-branches [U*V + D >= tau*V^2]
# Numbers: U = 1, V = -0.5, D = tau = 1, U = 2 has a density of -0.035.
pde two_velocities { dim 1; param tau > 0 = 1; param U = 1; param V = 0.5; param D > 0 = 1
tau*dt(phi,2) + U*dt(dx(phi)) + dt(phi) + V*dx(phi) = D*dx(phi,2) }
