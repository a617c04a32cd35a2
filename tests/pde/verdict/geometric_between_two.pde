# The clock has the sign of log(smax/smin).
#! verdict = conditional
#! c1 = conditional local-first-order [smax >= smin]
#! c2 = conditional mode-amplitude [smax > smin]
pde geometric_between_two {
 param smax > 0 = 50; param smin > 0 = 0.01
 dt(phi) = smin^2*(smax/smin)^(2*t)*log(smax/smin)*lap(phi)
}
