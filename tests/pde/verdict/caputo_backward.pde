#! verdict = not-s-generative
pde cbk { dt(phi, 0.5) = -lap(phi) }
