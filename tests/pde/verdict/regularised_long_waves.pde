# psi = i c k/(1 + a k^2): |p-hat| = 1, and p is no single point.
#! c1 = fails single-point
#! c2 = fails growth-rate-sign
pde regularised_long_waves { dim 1; param a > 0 = 1; param c != 0 = 1
dt(phi) - a*dt(dx(phi, 2)) + c*dx(phi) = 0 }
