# The prior error of VP at t = 1.
#! verdict = conditional
#! c1 = holds local-first-order
pde vp_fin { param b > 0 = 1; time t in (0, 1]; dt(phi) = b*t*(lap(phi) + div(x*phi)) }
