#! verdict = conditional
#! c1 = conditional linearised-local-first-order [linearised about phi = 0]
#! c2 = conditional linearised-growth-rate-sign [linearised about phi = 0]
pde fisher_kpp { dt(phi) = lap(phi) + phi - phi^2 }
