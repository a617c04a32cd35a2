# D = (4 - b^2) k^2 by Routh-Hurwitz for complex coefficients.
#! problem = evolution
#! c2 = conditional complex-routh-hurwitz [b^2 < 4]
pde telegraph_with_drift {
    param b = 1
    dim 1
    dt(phi, 2) + 2*dt(phi) - d(phi, x1, 2) + b*dx(phi) = 0
}
