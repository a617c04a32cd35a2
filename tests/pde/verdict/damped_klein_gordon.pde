#! verdict = conditional
#! c1 = conditional two-branches [eps >= m; N = 1]
#! c2 = conditional routh-hurwitz [eps > m]
pde damped_klein_gordon {
    param eps > 0 = 2
    param m > 0 = 1
    dt(phi, 2) + 2*eps*dt(phi) - lap(phi) + m^2*phi = 0
}
