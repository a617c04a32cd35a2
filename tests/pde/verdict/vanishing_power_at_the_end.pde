#! verdict = undecided
#! problem = evolution
#! c1 = holds local-first-order
#! c2 = undecided mode-amplitude
pde f02 "The clock is finite at t = 1 for a < 1 only" { time t in (0, 1); param a = 1; dt(phi) = lap(phi)/(1 - t)^a }
