#! verdict = conditional
#! c1 = conditional relaxation [theta >= tau or N = 1]
# Heat conduction with relaxation of flux and gradient (Jeffreys).
pde jeffreys { param tau > 0 = 1; param theta > 0 = 2; tau*dt(phi, 2) + dt(phi) = lap(phi) + theta*dt(lap(phi)) }
