# s^2 = k1^2 + k2^4 grows along both axes.
#! c2 = holds routh-hurwitz
pde half_space_of_two_degrees {
    dim 2

    dt(phi, 2) + d(phi, x1, 2) - d(phi, x2, 4) = 0
}
