# theta = l^2/D >= tau is the case of every dimension; in N = 1 the roots 0 and 1/tau <= 1/theta do as well, and the two cases are all.
#! c1 = conditional relaxation [l^2 >= tau*D or N = 1]
#! c2 = holds routh-hurwitz
pde gk { param tau > 0 = 1; param D > 0 = 1; param l > 0 = 1
tau*dt(phi,2) + dt(phi) = D*lap(phi) + l^2*lap(dt(phi)) }
