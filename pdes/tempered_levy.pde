# Levy flights whose long jumps are damped.
# Source: Rosinski, Tempering stable processes (2007).
# Physics: stable jumps on short scales, finite variance on long ones.
# Group: levy
# Expected: s-generative: (m^2 + lambda)^(alpha/2) - m^alpha is a Bernstein function.
pde tempered_levy "Tempered Levy flights" {
    param m > 0 = 1  # inverse length of the tempering
    param alpha in (0, 2] = 1.5  # index of stability

    dt(phi) = -fourier((m^2 + k^2)^(alpha/2) - m^alpha, phi)
}
