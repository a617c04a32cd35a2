# t^a is not integrable at 0 for a < -1: nothing starts from the data.
#! verdict = not-s-generative
#! c1 = fails clock-start
#! c2 = fails mode-amplitude
pde power_clock { param a < -1 = -2
 dt(phi) = t^a*lap(phi) }
