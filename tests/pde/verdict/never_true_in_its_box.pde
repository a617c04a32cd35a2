# x = tT/tq <= 0.26 in this box: no wave of any length decays as C2 asks at all k.
#! verdict = not-s-generative
#! c2 = fails routh-hurwitz
pde dplc { param tq in [1, 2] = 1; param tT in (0, 0.26] = 0.1
tq^2/2*dt(phi,3) + tq*dt(phi,2) + dt(phi) = lap(phi) + tT*dt(lap(phi)) + tT^2/2*dt(lap(phi),2) }
