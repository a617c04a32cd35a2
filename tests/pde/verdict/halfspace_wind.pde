#! c1 = conditional elliptic-square-root [b^2 < 1]
#! c2 = conditional routh-hurwitz [b^2 < 1]
pde halfspace_wind { dim 1..; param b = 0.5
 dt(phi, 2) + 2*b*dt(dx(phi)) + lap(phi) = 0 }
