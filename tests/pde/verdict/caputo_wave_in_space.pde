#! verdict = not-s-generative
#! c1 = fails fractional-wave
#! c2 = holds caputo-growth-rate-sign
pde cws { dim 3; dt(phi, 1.2) = lap(phi) }
