# An evolution equation whatever the exponent: |k|^alpha >= 0. At rest the slower rate is real for b >= 2, and falls with |k| for b > 2.
#! problem = evolution
#! c1 = fails short-waves
#! c2 = conditional routh-hurwitz [b > 2]
pde fractional_telegraph_with_mass { param b > 0 = 3; param alpha in (0, 2) = 1
dt(phi, 2) + b*dt(phi) + fraclap(phi, alpha) + phi = 0 }
