# s/(s^2 + 2s + k^2) in s = sigma - 2 is (sigma - 2)/(sigma^2 - 2 sigma + k^2), damped with the wrong sign: behind the front p ~ -1/2.
#! c1 = fails declared-density
pde declared_density_that_is_too_small { dim 1
density dt(phi)
dt(phi, 2) + 2*dt(phi) = dx(phi, 2) }
