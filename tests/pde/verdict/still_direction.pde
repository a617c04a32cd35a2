# s = +-sqrt(i (k1 + k2/2)) vanishes along k1 = -k2/2.
#! verdict = not-s-generative
#! c2 = fails real-part-of-root
pde still_direction { dt(phi, 2) = dot([1, 0.5], grad(phi)) }
