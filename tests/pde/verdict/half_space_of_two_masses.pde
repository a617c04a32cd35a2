# k^4 + 2 g k^2 + m^2 has real roots, -|k|^2, for g >= m only.
#! c1 = conditional elliptic-square-root [g >= m]
#! c2 = holds routh-hurwitz
pde half_space_of_two_masses { param g > 0 = 2; param m > 0 = 1
dt(phi, 2) = lap(phi, 2) - 2*g*lap(phi) + m^2*phi }
