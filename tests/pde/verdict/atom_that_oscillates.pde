#! c1 = fails atom
# The short waves follow s^2 + s + 1.
pde oscillating_atom { param a > 0 = 1; dt(phi,2) + dt(phi) - a*lap(dt(phi,2) + dt(phi) + phi) = 0 }
