#! verdict = s-generative
pde cdr { dim 2; param b = 1; dt(phi, 0.5) = lap(phi) - b*dx(phi) }
