#! verdict = not-s-generative
#! c1 = fails elliptic-square-root
pde sixth { dt(phi, 2) + lap(phi, 3) + phi = 0 }
