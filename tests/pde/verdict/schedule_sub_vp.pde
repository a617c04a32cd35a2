# Scale e^{-beta t/2}, variance (1 - e^{-beta t})^2.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde sub_vp { param beta > 0 = 2
 dt(phi) = 0.5*beta*div(x*phi) + 0.5*beta*(1 - exp(-2*beta*t))*lap(phi) }
