# sin(t) > 0 on (0, 2), and 0.909 at its end.
#! verdict = conditional
#! c1 = holds local-first-order
pde clock_of_a_cosine_that_ends {
 time t in (0, 2)
 dt(phi) = cos(t)*lap(phi)
}
