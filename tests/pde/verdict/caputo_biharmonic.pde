#! verdict = not-s-generative
#! c1 = fails caputo-local-first-order
#! c2 = holds caputo-growth-rate-sign
# 1 - E_b(-k^4 t^b) is k^4 t^b at short times, which no density allows.
pde cbh { dt(phi, 0.5) = -lap(phi, 2) }
