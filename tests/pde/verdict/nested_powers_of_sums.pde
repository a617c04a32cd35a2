# An odd power in an even one.
#! c1 = holds local-first-order
pde nested_powers_of_sums { param a; param b; param c; param f; dt(phi) = ((a + b + c - f)^9)^6*lap(phi) }
