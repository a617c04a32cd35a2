#! c1 = conditional bernstein [a >= b]
#! c2 = holds growth-rate-sign
# lambda (a + lambda)/(b + lambda) = lambda + (a - b) lambda/(b + lambda)
pde interlacing_multiplier { param a > 0 = 2; param b > 0 = 1; dt(phi) = -fourier(k^2*(a + k^2)/(b + k^2), phi) }
