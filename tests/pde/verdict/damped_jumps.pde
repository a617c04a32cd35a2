#! c1 = conditional bounded-force [b >= r]
# Otherwise the atom at the source oscillates.
pde damped_jumps { param r > 0 = 1; param b > 0 = 2
 dt(phi, 2) + 2*b*dt(phi) + r^2*fourier(1 - exp(-k^2), phi) = 0 }
