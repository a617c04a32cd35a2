#! c1 = conditional relaxation [nu^2 >= 4*a*c^2; nu >= a*del; 2*a*del >= nu or del*nu >= a*del^2 + c^2 or N = 1]
# del = 5, nu = 2.1, a = c = 1: p(r = 100, t = 0.05) = -1.5e-49 by inversion with 150 digits.
pde ibv { param a > 0 = 1; param del > 0 = 1; param nu > 0 = 3; param c > 0 = 1
dt(phi,2) - a*dt(lap(phi),2) + del*dt(phi) - nu*dt(lap(phi)) = c^2*lap(phi) }
