#! c1 = holds local-first-order
pde size_of_a_number { param a = 1
 dt(phi) = (1 + sqrt(a^2) - a)*lap(phi) }
