# d|phi|^2/dt + div(U |phi|^2 + 2 Im(phi* grad phi)) = 0.
#! c1 = conditional quadratic-density [data are put in as phi = sqrt(q) with a chosen phase]
#! c2 = fails growth-rate-sign
pde quadratic_density_in_a_moving_frame { dim 2; param U = 1
I*(dt(phi) + U*dx(phi)) = -lap(phi) }
