# At |k| = 2 pi everything is as at k = 0.
#! verdict = not-s-generative
#! c2 = fails growth-rate-sign
pde back_at_a_lattice_wave { dim 1; dt(phi) = -fourier(1 - cos(k), phi) }
