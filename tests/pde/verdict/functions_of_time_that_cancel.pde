# sin^2 + cos^2 = 1, which no rule here knows: nothing may be said about the order in space.
#! verdict = undecided
#! c1 = undecided local-first-order
pde functions_of_time_that_cancel { dt(phi) = lap(phi) + (sin(t)^2 + cos(t)^2 - 1)*lap(phi, 2) }
