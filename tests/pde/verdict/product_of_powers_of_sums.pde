#! c1 = holds local-first-order
pde product_of_powers_of_sums { param a; param b; param c; param f; dt(phi) = (a + b)^30*(c + f)^30*lap(phi) }
