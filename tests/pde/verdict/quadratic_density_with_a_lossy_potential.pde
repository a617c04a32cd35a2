# Re s = -V2 - eta k^2.
#! c1 = conditional quadratic-density [data are put in as phi = sqrt(q) with a chosen phase]
#! c2 = conditional growth-rate-sign [eta > 0]
#! source = -2*eta*|grad(phi)|^2 - 2*V2*|phi|^2
pde quadratic_density_with_a_lossy_potential { param eta = 1; param V = 1; param V2 = 1
I*dt(phi) = -(1 - I*eta)*(-1)*fraclap(phi, 2)*(-1)*(-1) + (V - I*V2)*phi }
