# An even power is not negative; it is not multiplied out.
#! verdict = conditional
#! c1 = holds local-first-order
#! c2 = conditional growth-rate-sign [(a + b + c + f + g + h) != 0]
pde power_of_a_sum { param a; param b; param c; param f; param g; param h; dt(phi) = (a + b + c + f + g + h)^64*lap(phi) }
