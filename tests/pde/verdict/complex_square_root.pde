#! problem = half-space
#! c2 = holds real-part-of-root
pde complex_square_root { dt(phi, 2) + lap(phi) - I*phi = 0 }
