# Positive by the declared domains.
#! verdict = s-generative
pde seven {
    param a > 0 = 1; param b > 0 = 1; param c > 0 = 1; param e > 0 = 1; param f > 0 = 1; param g > 0 = 1; param h > 0 = 1
    dt(phi) = (a + b + c + e + f + g + h)*lap(phi)
}
