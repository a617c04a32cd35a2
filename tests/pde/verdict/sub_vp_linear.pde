# Scale e^{-B/2}, variance (1 - e^{-B})^2, B = b0 t + b1 t^2/2.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde subvp_lin { param b0 > 0 = 0.1; param b1 > 0 = 19.9
 let B = b0*t + b1*t^2/2
 dt(phi) = 0.5*(b0 + b1*t)*div(x*phi) + 0.5*(b0 + b1*t)*(1 - exp(-2*B))*lap(phi) }
