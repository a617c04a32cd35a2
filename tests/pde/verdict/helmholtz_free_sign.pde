#! verdict = conditional
#! c1 = conditional elliptic-square-root [mu >= 0]
#! c2 = conditional routh-hurwitz [mu >= 0]
pde screened { param mu = 1; dt(phi, 2) + lap(phi) - mu*phi = 0 }
