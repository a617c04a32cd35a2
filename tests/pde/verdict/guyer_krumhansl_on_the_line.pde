#! verdict = s-generative
#! c1 = holds relaxation
pde gkl { dim 1; param tau > 0 = 1; param D > 0 = 1; param l > 0 = 1
tau*dt(phi,2) + dt(phi) = D*lap(phi) + l^2*lap(dt(phi)) }
