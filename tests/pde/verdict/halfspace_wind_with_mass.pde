#! verdict = s-generative
pde wind { dim 2; param m >= 0 = 1
 dt(phi, 2) + dt(d(phi,x2)) + lap(phi) - m^2*phi = 0 }
