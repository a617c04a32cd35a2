# L s^3 + 3(1 + L) s^2 + (1 + 3L) s + L: of second order at k = 0 with s = 0, -1/3; Routh: 3(1 + L)(1 + 3L) > L^2.
#! c2 = holds routh-hurwitz
pde leading_coefficient_of_third_order {
-dt(lap(phi),3) + 3*dt(phi,2) - 3*dt(lap(phi),2) + dt(phi) - 3*dt(lap(phi)) = lap(phi) }
