# Branches are bounded by the growth of log(1 + k^2).
#! problem = evolution
#! c2 = holds routh-hurwitz
pde damped_slow_growth { dt(phi, 2) + 2*dt(phi) + fourier(log(1 + k^2), phi) = 0 }
