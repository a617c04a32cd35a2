# Drift with a linear schedule and noise of its own: in the moving frame the integral of (1 + t) exp(b t^2).
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional mode-amplitude [the prior error is accepted at t = 1: KL <= M2/(4*clock), clock = integral of (t + 1)/exp(-b*t^2/2)^2 from the start of the time]
pde clock_by_its_rate_with_drift {
 time t in (0, 1]; param b > 0 = 2
 dt(phi) = b*t*div(x*phi) + (1 + t)*lap(phi)
}
