#! verdict = undecided
#! problem = evolution
#! c1 = undecided relaxation
#! c2 = holds routh-hurwitz
pde jerk { dt(phi, 3) + 2*dt(phi, 2) + dt(phi) - lap(dt(phi)) - lap(phi) = 0 }
