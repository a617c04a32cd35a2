# Variance preserving with scale cos(pi t/2) and deviation sin(pi t/2).
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde cosine "Variance preserving, cosine" {
    time t in (0, 1)
    let beta = pi*sin(pi*t/2)/cos(pi*t/2)
    dt(phi) = 0.5*beta*(lap(phi) + div(x*phi))
}
