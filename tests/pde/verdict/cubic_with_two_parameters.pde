# a - b x + x^3 > 0 on (0, inf), by its discriminant.
#! c2 = conditional growth-rate-sign [27*a^2 > 4*b^3]
pde cubic_with_two_parameters {
    param a > 0 = 1
    param b > 0 = 1
    dt(phi) - a*lap(phi) - b*lap(phi, 2) + lap(phi, 4) = 0
}
