#! verdict = s-generative
#! c1 = holds caputo-local-first-order
#! c2 = holds caputo-growth-rate-sign
# Subordination to the inverse stable clock (Pollard).
pde cdf { param D > 0 = 1; param beta in (0, 1] = 0.5; dt(phi, beta) = D*lap(phi) }
