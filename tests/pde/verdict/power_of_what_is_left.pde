# The integral of (1 - t)^a diverges at t = 1 iff a <= -1.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde power_of_what_is_left {
 time t in (0, 1); param a <= -1 = -1.5
 dt(phi) = (1 - t)^a*lap(phi)
}
