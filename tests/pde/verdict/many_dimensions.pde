#! verdict = s-generative
pde many { dim 40; dt(phi) = lap(phi) - dx(phi) }
