# log(1 + t^2)/2 diverges.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde rat { dt(phi) = t/(1 + t^2)*lap(phi) }
