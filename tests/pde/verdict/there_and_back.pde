# Drift and noise turn round together: at t = 1 the clock (e^{2(t - t^2)} - 1)/2 is zero again.
#! verdict = not-s-generative
#! c1 = holds local-first-order
#! c2 = fails mode-amplitude
pde twice { time t in (0, 1); dt(phi) = (1-2*t)*(lap(phi) + div(x*phi)) }
