# 1 - e^{-t} stays below 1 along x1.
#! verdict = not-s-generative
#! c1 = holds local-first-order
#! c2 = fails mode-amplitude
pde two_clocks_one_of_which_stops {
 dim 2
 dt(phi) = exp(-t)*d(phi, x1, 2) + d(phi, x2, 2)
}
