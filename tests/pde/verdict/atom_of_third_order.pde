#! c1 = fails atom
# (s + 2)(s^2 + s + 1): the pair is the slowest.
pde third_order_atom { dt(phi,3) + dt(phi,2) + dt(phi) - lap(dt(phi,3) + 3*dt(phi,2) + 3*dt(phi) + 2*phi) = 0 }
