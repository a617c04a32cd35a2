# d/dt (dt(phi) + c phi) = dt(phi, 2) + c dt(phi) + c' phi: the last term goes to R.
#! density = dt(phi) + exp(-t)*phi
#! flux = -grad(phi)
#! source = (-exp(-t) - 1)*phi
pde damping_that_changes { dt(phi, 2) + exp(-t)*dt(phi) - lap(phi) + phi = 0 }
