#! verdict = s-generative
#! c1 = holds two-branches
# Two velocities (U +- sqrt(U^2 + 4D/tau))/2 with positive rates.
pde ccc { dim 1; param tau > 0 = 1; param U = 1; param D > 0 = 1
tau*(dt(phi,2) + U*dx(dt(phi))) + dt(phi) + U*dx(phi) = D*dx(phi,2) }
