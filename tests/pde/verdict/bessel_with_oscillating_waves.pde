#! verdict = not-s-generative
#! c1 = fails bessel-subordination
#! c2 = undecided bessel-amplitude
#! problem = undetermined
pde bessel_with_oscillating_waves {
    param D > 0 = 3
    dt(phi, 2) + (D - 1)/t*dt(phi) + 2*phi + 2*lap(phi) = 0
}
