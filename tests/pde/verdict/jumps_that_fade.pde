# The clock 1 - e^{-t} of jumps stays below 1.
#! verdict = not-s-generative
#! c1 = holds bernstein
#! c2 = fails mode-amplitude
pde jump { param r > 0 = 1; dt(phi) = -r*exp(-t)*fourier(1-exp(-k^2), phi) }
