# x = (1 - (1 - s) t) y + t noise: at t = 1 the share s of the data is left.
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional mode-amplitude [the prior error is accepted at t = 1: KL <= M2*scale^2/(2*t^2)]
pde fm_smin { param s in (0, 1) = 0.01; time t in (0, 1)
 dt(phi) = (1 - s)/(1 - (1 - s)*t)*div(x*phi) + t/(1 - (1-s)*t)*lap(phi) }
