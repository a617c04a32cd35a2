#! verdict = conditional
#! c1 = holds caputo-local-first-order
pde cun { time t in (0, 2]; dt(phi, 0.5) = lap(phi) }
