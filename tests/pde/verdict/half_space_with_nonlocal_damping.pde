#! verdict = s-generative
#! problem = half-space
#! c1 = holds elliptic-square-root
# s = -|k|*(1 + sqrt(5))/2
pde half_space_with_nonlocal_damping { dt(phi, 2) + dt(fraclap(phi, 1)) + lap(phi) = 0 }
