# b theta >= 1 + m theta^2 in every N; in N = 1 also real rates (b^2 >= 4m) that are slower than 1/theta: b in [2, 2.5].
#! c1 = conditional relaxation [b >= 2.5 or (b >= 2 and N = 1)]
pde relaxation_with_decay { param b >= 0 = 1
dt(phi, 2) + b*dt(phi) + phi = lap(phi) + 0.5*dt(lap(phi)) }
