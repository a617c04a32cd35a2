# Sub-VP with a linear rate: the clock is (1 - exp(-B))^2/exp(-B).
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional mode-amplitude [the prior error is accepted at t = 1: KL <= M2*scale^2/(2*(exp(-bmin*t - 0.5*slope*t^2) - 1)^2)]
pde sub_vp_linear {
 time t in (0, 1]; param bmin > 0 = 0.1; param slope > 0 = 19.9
 let B = bmin*t + slope*t^2/2
 dt(phi) = 0.5*(bmin + slope*t)*div(x*phi) + 0.5*(bmin + slope*t)*(1 - exp(-2*B))*lap(phi)
}
