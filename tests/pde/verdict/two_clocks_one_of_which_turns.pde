# t - t^2/2 > 0 on (0, 1.5) along x1, t along x2.
#! verdict = conditional
#! c1 = holds local-first-order
pde two_clocks_one_of_which_turns {
 dim 2; time t in (0, 1.5)
 dt(phi) = (1 - t)*d(phi, x1, 2) + d(phi, x2, 2)
}
