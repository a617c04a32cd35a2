#! verdict = s-generative
#! c1 = holds bernstein
pde hyperbolic_jumps { dt(phi) = -fourier(1 - k/sinh(k), phi) }
