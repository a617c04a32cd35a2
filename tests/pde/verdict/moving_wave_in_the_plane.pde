#! c1 = fails short-waves
pde moving_wave { dim 2; param tau > 0 = 1; param U = 1; param D > 0 = 1
tau*(dt(phi,2) + U*dx(dt(phi))) + dt(phi) + U*dx(phi) = D*lap(phi) }
