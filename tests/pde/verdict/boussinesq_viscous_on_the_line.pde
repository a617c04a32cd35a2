#! c1 = holds relaxation
pde ibv { dim 1
dt(phi,2) - dt(dx(phi,2),2) + 0.3*dt(phi) - 3*dt(dx(phi,2)) = dx(phi,2) }
