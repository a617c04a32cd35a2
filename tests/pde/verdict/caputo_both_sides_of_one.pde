#! verdict = undecided
#! c1 = undecided none
#! c2 = undecided none
pde cbo { param beta in (0, 2) = 0.5; dt(phi, beta) = lap(phi) }
