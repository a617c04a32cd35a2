#! verdict = not-s-generative
#! problem = ill-posed
#! c1 = fails unbounded-growth
pde ill_posed_of_second_order { dt(phi, 2) + dt(lap(phi)) = lap(phi) }
