#! verdict = s-generative
#! problem = half-space
#! c1 = holds elliptic-square-root
#! c2 = holds real-part-of-root
pde drifting { param v = 1; dt(phi, 2) + lap(phi) + dot([v, 1], grad(phi)) = 0 }
