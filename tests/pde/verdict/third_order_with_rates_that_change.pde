#! density = dt(phi, 2) + t*dt(phi) + (exp(t) - 1)*phi
#! flux = -grad(phi)
#! source = (-t + exp(t))*phi
pde third_order_with_rates_that_change { dt(phi, 3) + t*dt(phi, 2) + exp(t)*dt(phi) - lap(phi) + t*phi = 0 }
