# Scale 1 - t, the clock is t/(1 - t): the variance 2 t (1 - t) of a bridge.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde bridge_drift { time t in (0, 1); dt(phi) = div(x*phi)/(1-t) + lap(phi) }
