#! verdict = undecided
#! c1 = undecided elliptic-square-root
#! c2 = conditional routh-hurwitz [nu > 0]
pde viscous_wave { param nu = 1; dt(phi, 2) = lap(phi) + nu*lap(dt(phi)) }
