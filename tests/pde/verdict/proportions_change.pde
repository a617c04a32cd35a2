# Two clocks, t^2/2 along x1 and t along x2.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde pa { dim 2
 dt(phi) = t*d(phi, x1, 2) + d(phi, x2, 2) }
