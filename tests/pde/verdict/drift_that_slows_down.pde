# Scale 1/(1 + t), variance 2 sig t (t^2 + 3 t + 3)/(3 (1 + t)^2).
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde ouc { param sig > 0 = 1; dt(phi) = div(x*phi)/(1+t) + sig*lap(phi) }
