#! verdict = s-generative
# (1 - lap) under the derivative: psi = k^2/(1 + k^2).
pde csb { dt(phi - lap(phi), 0.5) = lap(phi) }
