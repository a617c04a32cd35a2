# The rate turns negative at t = 1, the clock t (2 - t)/2 does not before t = 2.
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional mode-amplitude [the prior error is accepted at t = 1.5: KL <= M2/(2*2*(t - t^2/2))]
pde dq1 { time t in (0, 1.5)
 dt(phi) = (1 - t)*lap(phi) }
