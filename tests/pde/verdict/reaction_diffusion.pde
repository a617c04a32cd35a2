#! verdict = undecided
#! c1 = undecided none
#! c2 = undecided none
pde fisher_kpp { dt(phi) = lap(phi) + phi - phi^2 }
