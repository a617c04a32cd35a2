# k1^2 s^2 + s + |k|^2: of first order on the axis k1 = 0, where s = -k2^2; stable elsewhere by its signs.
#! problem = evolution
#! c2 = holds routh-hurwitz
pde leading_coefficient_vanishes_on_an_axis { dim 2
-dt(d(phi, x1, 2), 2) + dt(phi) = lap(phi) }
