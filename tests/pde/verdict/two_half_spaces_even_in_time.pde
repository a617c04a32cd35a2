#! c2 = conditional even-in-time [c^2 < 4 or c > 0]
# s^4 - c q s^2 + q^2, q = |k|^2: no s^2 <= 0 exactly for c > -2.
pde even { param c = 1
dt(phi,4) + c*dt(lap(phi),2) + lap(phi,2) = 0 }
