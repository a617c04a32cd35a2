# x = tT/tq >= 0.27: x^2 + 2x >= 1 for x >= 0.4142 and 4x > 1 + x^2 for 0.2679 < x < 3.73.
#! c2 = holds routh-hurwitz
pde dplb { param tq in (0, 1] = 1; param tT in [0.27, 3] = 0.5
tq^2/2*dt(phi,3) + tq*dt(phi,2) + dt(phi) = lap(phi) + tT*dt(lap(phi)) + tT^2/2*dt(lap(phi),2) }
