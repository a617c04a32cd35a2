# Flow matching: scale 1 - t, deviation t.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde rectified "Flow matching: x = (1 - t) y + t noise" {
    time t in (0, 1)
    dt(phi) = div(x*phi)/(1 - t) + t/(1 - t)*lap(phi)
}
