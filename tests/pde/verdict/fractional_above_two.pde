#! verdict = not-s-generative
#! c1 = fails bernstein
#! c2 = holds growth-rate-sign
pde fast { dt(phi) = -fraclap(phi, 3) }
