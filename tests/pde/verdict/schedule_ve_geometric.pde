# The clock s0^2 (R^{2t} - 1)/2 has the sign of R - 1.
#! verdict = conditional
#! c1 = conditional local-first-order [R >= 1]
#! c2 = conditional mode-amplitude [R > 1]
pde ve_geometric { param R > 0 = 50; param s0 > 0 = 0.1
 dt(phi) = log(R)*s0^2*R^(2*t)*lap(phi) }
