#! c1 = fails atom
pde dpl { param tq > 0 = 1; param tT > 0 = 0.5; param a > 0 = 1
tq^2/2*dt(phi,3) + tq*dt(phi,2) + dt(phi) = a*lap(phi) + a*tT*dt(lap(phi)) + a*tT^2/2*dt(lap(phi),2) }
