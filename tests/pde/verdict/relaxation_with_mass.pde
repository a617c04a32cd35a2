# b theta >= 1 + m^2 theta^2 in every N; in N = 1 also real rates that are slower than 1/theta.
#! c1 = conditional relaxation [b >= m^2 + 1 or ((b >= 2*m) and (b <= 2) and N = 1)]
pde relaxation_with_mass { param b > 0 = 3; param m > 0 = 1
dt(phi, 2) + b*dt(phi) + m^2*phi = lap(phi) + dt(lap(phi)) }
