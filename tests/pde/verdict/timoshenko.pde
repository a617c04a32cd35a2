#! verdict = not-s-generative
#! c1 = fails short-times
#! c2 = fails even-in-time
pde timo { dim 1; param r > 0 = 1; param q > 0 = 2; param c > 0 = 1
dt(phi,2) + c^2*r^2*dx(phi,4) - r^2*(1+q)*dt(dx(phi,2),2) + r^2*q/c^2*dt(phi,4) = 0 }
