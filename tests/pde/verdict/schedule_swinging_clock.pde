# The rate turns negative, the clock t + 2 sin t is positive for t > 0 and diverges.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde swinging_clock { 
 dt(phi) = (1 + 2*cos(t))*lap(phi) }
