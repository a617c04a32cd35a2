# The clock is (1 - exp(-B))^2/exp(-B), B = bmin t (1 - t/2) + bmax t^2/2: a square, and B > 0.
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional mode-amplitude [the prior error is accepted at t = 1: KL <= M2*scale^2/(2*(exp(0.5*bmin*t^2 - bmin*t - 0.5*bmax*t^2) - 1)^2)]
pde sub_vp_between_two_rates {
 time t in (0, 1]; param bmin > 0 = 0.1; param bmax > 0 = 20
 let beta = bmin + (bmax - bmin)*t
 let B = bmin*t + (bmax - bmin)*t^2/2
 dt(phi) = 0.5*beta*div(x*phi) + 0.5*beta*(1 - exp(-2*B))*lap(phi)
}
