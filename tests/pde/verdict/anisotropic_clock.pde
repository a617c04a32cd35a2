# One form with the clock t^2/2.
#! verdict = conditional
#! c1 = conditional local-first-order [rho^2 <= 1]
#! c2 = conditional mode-amplitude [rho^2 < 1]
pde anisotropic_clock {
 dim 2; param rho = 0.5
 dt(phi) = t*aniso([[1, rho], [rho, 1]], phi)
}
