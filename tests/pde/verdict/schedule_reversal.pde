# The clock t - t^2 >= 0 on (0, 1) although its rate turns negative; at t = 1 the amplitude is back at 1.
#! verdict = not-s-generative
#! c1 = holds local-first-order
#! c2 = fails mode-amplitude
pde reversal { time t in (0, 1)
 dt(phi) = (1 - 2*t)*lap(phi) }
