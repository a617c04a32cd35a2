# Two branches of which one decays, whatever multiplier looks largest by its letters; the checker looks at which is marked.
#! verdict = undecided
pde half_space_of_multipliers {
    param a > 0 = 1
    dim 3
    dt(phi, 2) + 2*dt(phi) + 1.5*fourier(1 - exp(-k^2), phi) - (a + 1)*fourier(sqrt(a^2 + k^2) - a, phi) - fourier(1 - exp(-a*k^2), phi) = 0
}
