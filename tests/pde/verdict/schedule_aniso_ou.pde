# A constant form with one clock: definite iff |rho| < 1.
#! verdict = conditional
#! c1 = conditional local-first-order [rho^2 <= 1]
#! c2 = conditional mode-amplitude [rho^2 < 1]
pde aniso_ou { dim 2; param theta > 0 = 1; param rho in [-2, 2] = 0.5
 dt(phi) = theta*div(x*phi) + aniso([[1, rho], [rho, 1]], phi) }
