#! c1 = holds local-first-order
# 1 - cos t is 0 at every turn, and never negative.
pde clock_that_comes_back { dt(phi) = sin(t)*lap(phi) }
