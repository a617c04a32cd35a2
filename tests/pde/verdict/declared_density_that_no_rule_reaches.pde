# Nothing is said of the derived density instead. (For this one p-hat = (1 - exp(-2t))/2 at k = 0.)
#! verdict = undecided
pde declared_density_that_no_rule_reaches { dim 1
density dt(phi) - dx(phi, 4) + 2*phi
dt(phi, 2) + 2*dt(phi) = dx(phi, 2) }
