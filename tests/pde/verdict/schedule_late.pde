# Data put in at t = 1: the clock log(t).
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde late {
    time t in (1, inf)
    dt(phi) = lap(phi)/t
}
