# The sign of the sum is not known from its power.
#! c1 = conditional local-first-order [(a + b + c + f + g + h) >= 0]
pde odd_power_of_a_sum { param a; param b; param c; param f; param g; param h; dt(phi) = (a + b + c + f + g + h)^63*lap(phi) }
