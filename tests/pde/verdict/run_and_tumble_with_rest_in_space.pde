#! c1 = conditional relaxation [a >= b or N = 1; N <= 3]
#! c2 = holds routh-hurwitz
# Near the source p behaves like delta(t) + exp(-b t) (2a - b + a (a - b) t) over r, at a = 1, b = 2, N = 3: p(0.02, 1) < 0.
pde rest3 { param a > 0 = 2; param b > 0 = 1
dt(phi,3) + (2*a + b)*dt(phi,2) + (a^2 + a*b)*dt(phi) = dt(lap(phi)) + b*lap(phi) }
