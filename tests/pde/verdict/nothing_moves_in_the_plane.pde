# Terms in two coordinates that cancel.
#! verdict = not-s-generative
pde nothing_moves_in_the_plane { dt(phi, 2) - dt(phi) + d(d(phi, x1), x2) - d(d(phi, x1), x2) = 0 }
