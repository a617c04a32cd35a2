#! verdict = undecided
pde common { dt(lap(phi)) = lap(phi, 2) }
