#! c1 = conditional levy-closure [a >= 0; D >= 0]
#! c2 = conditional growth-rate-sign [D > 0; 2*D + a >= 0]
pde lattice_signs { dim 1; param D in [-1, 1] = 0.5; param a in [-1, 1] = 0.5
 dt(phi) = D*dx(phi, 2) - a*fourier(1 - cos(k), phi) }
