#! verdict = s-generative
#! c1 = holds relaxation
#! c2 = holds routh-hurwitz
# Walkers with velocities v, 0 and -v: they stop at the rate a and start again at the rate b, from rest at t = 0.
pde rest { dim 1; param a > 0 = 1; param b > 0 = 1; param v > 0 = 1
dt(phi,3) + (2*a + b)*dt(phi,2) + (a^2 + a*b)*dt(phi) = v^2*dt(dx(phi,2)) + b*v^2*dx(phi,2) }
