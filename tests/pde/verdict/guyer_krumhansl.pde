#! c1 = conditional relaxation [l^2 >= tau*D or N = 1]
pde gk { param tau > 0 = 1; param D > 0 = 1; param l > 0 = 1
tau*dt(phi,2) + dt(phi) = D*lap(phi) + l^2*lap(dt(phi)) }
