# Where a = 0 it is diffusion, in any number of dimensions.
#! verdict = conditional
#! c1 = conditional two-branches [N = 1 or a = 0]
#! c2 = holds routh-hurwitz
pde telegraph_or_diffusion { param a >= 0; a*dt(phi, 2) + dt(phi) = lap(phi) }
