# Phase separation of a mixture.
# Source: Cahn, Hilliard, Free Energy of a Nonuniform System I (1958).
# Physics: a mixture separates: long waves grow, at the rate that the composition sets.
# Group: pattern formation
# Expected: undecided about p >= 0 (fourth order), C2 depends on the background: it fails in the spinodal range.
pde cahn_hilliard "Cahn-Hilliard equation" {
    param gamma > 0 = 1  # gradient energy

    dt(phi) = lap(phi^3 - phi) - gamma*lap(phi, 2)
}
