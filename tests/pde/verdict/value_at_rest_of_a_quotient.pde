#! verdict = s-generative
#! c1 = holds bernstein
# 0/0 at k = 0, with the limit 1.
pde value_at_rest_of_a_quotient { dt(phi) = -fourier(k^2/log(1 + k^2) - 1, phi) }
