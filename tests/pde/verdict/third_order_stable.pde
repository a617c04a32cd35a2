#! verdict = conditional
#! problem = evolution
#! c1 = conditional relaxation [N <= 3]
#! c2 = holds routh-hurwitz
# (s + 1)(s^2 + s + |k|^2): p is a point and waves whose kernel exp(-r sqrt(s (s + 1)))/(4 pi r) is never negative in N <= 3.
pde jerk { dt(phi, 3) + 2*dt(phi, 2) + dt(phi) - lap(dt(phi)) - lap(phi) = 0 }
