# i k |k| is of degree 2 and no quadratic form: lim psi(tk)/t^2 has to be real (Levy, Khintchine).
#! c1 = fails sum-of-levy-exponents
pde skewed_square { dim 1
dt(phi) = 0.1*dx(fraclap(phi, 1)) + dx(phi, 2) }
