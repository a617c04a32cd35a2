# Eight that may vanish and one that may not.
#! verdict = s-generative
pde nine { param a >= 0; param b >= 0; param c >= 0; param e >= 0; param f >= 0; param g >= 0; param h >= 0; param m >= 0; param n > 0 = 1
dt(phi) = (a + b + c*e + e + f + g^2 + h + m + n)*lap(phi) }
