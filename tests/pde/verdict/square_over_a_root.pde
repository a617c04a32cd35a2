#! c1 = holds bernstein
# Complete Bernstein by its sector.
pde square_over_a_root { dt(phi) = -fourier(k^2/(1 + k), phi) }
