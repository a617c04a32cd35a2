#! c1 = fails relaxation
# Near the source at t = 20 negative in N = 3; holds on the line.
pde ibv { dim 2
dt(phi,2) - dt(lap(phi),2) + 0.3*dt(phi) - 3*dt(lap(phi)) = lap(phi) }
