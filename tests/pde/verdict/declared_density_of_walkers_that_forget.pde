# (s + 1)/(s^2 + 2s + k^2) in s = sigma - 1 is sigma/(sigma^2 - 1 + k^2): exp(-t) times cos(sqrt(k^2 - 1) t), two points and I1 > 0.
#! c1 = holds declared-density
pde declared_density_of_walkers_that_forget { dim 1
density dt(phi) + phi
dt(phi, 2) + 2*dt(phi) = dx(phi, 2) }
