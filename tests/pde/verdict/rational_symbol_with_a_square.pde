#! verdict = not-s-generative
#! c1 = fails bernstein
#! c2 = conditional growth-rate-sign [a >= 1]
pde rational_symbol_with_a_square {
    param a > 0 = 1
    dt(phi) - dt(lap(phi)) + (a^2 - 1)*fraclap(phi, 1.5) + fraclap(phi, 0.5) = 0
}
