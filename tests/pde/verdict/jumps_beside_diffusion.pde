#! c1 = conditional levy-closure [a >= 0; D >= 0]
# Gaussian part and jumps are told apart by the Levy triple.
pde jumps_beside_diffusion { dim 1; param D in [-1, 1] = 0.5; param a in [-1, 1] = 0.5
 dt(phi) = D*dx(phi, 2) - a*fourier(1 - cos(k), phi) }
