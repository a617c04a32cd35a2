# Solitons in shallow water.
# Source: Korteweg, de Vries, On the change of form of long waves (1895).
# Physics: steepening and dispersion balance; nothing is lost.
# Group: nonlinear
# Expected: not s-generative: waves about a uniform level keep their amplitude.
pde kdv "Korteweg-de Vries equation" {
    dt(phi) + 6*phi*dx(phi) + d(phi, x1, 3) = 0
}
