# The drift must not outrun the walk: c (b^2 - 4 a d) >= a e^2.
#! problem = evolution
#! c1 = conditional two-branches [b^2 <= 4]
pde telegraph_with_weak_drift {
    param b = 1
    dim 1
    dt(phi, 2) + 2*dt(phi) - d(phi, x1, 2) + b*dx(phi) = 0
}
