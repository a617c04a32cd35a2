#! verdict = not-s-generative
#! c1 = fails short-times
pde restoring_force_of_fourth_order { param c > 0 = 1; dim 1; dt(phi, 2) - dt(lap(phi)) + c*lap(phi, 2) - lap(phi) = 0 }
