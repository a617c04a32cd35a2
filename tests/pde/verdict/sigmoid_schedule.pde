# theta -> 1: contracting, with noise that stays.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde sigmoid_schedule {
 dt(phi) = (lap(phi) + div(x*phi))/(1 + exp(-t))
}
