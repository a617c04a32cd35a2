# The clock -log(1 - t) diverges at the end.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde bridge {
    time t in (0, 1)
    dt(phi) = lap(phi)/(1 - t)
}
