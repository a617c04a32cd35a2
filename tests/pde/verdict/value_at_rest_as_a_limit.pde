#! c1 = conditional levy-closure [N <= 3]
#! c2 = holds growth-rate-sign
# exp(-k^2/2) sin(k)/k is 1 at k = 0, where it is 0/0.
pde value_at_rest_as_a_limit { dt(phi) = -fourier(1 - exp(-k^2/2)*sin(k)/k, phi) }
