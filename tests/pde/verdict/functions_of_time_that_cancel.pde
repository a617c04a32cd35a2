# sin^2 + cos^2 = 1: squares are read as (1 - cos(2*t))/2 and (1 + cos(2*t))/2, and the fourth order is none.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds growth-rate-sign
pde functions_of_time_that_cancel { dt(phi) = lap(phi) + (sin(t)^2 + cos(t)^2 - 1)*lap(phi, 2) }
