#! c2 = holds routh-hurwitz
#! problem = evolution
pde plane { dt(phi, 2) - dt(lap(phi)) + 0.5*d(phi, x1, 2) + 0.4*d(phi, x2, 2) - phi = 0 }
