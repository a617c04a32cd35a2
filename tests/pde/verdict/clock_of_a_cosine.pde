# sin(t) is negative after pi: for those times the density is none.
#! verdict = not-s-generative
#! c1 = fails local-first-order
#! c2 = fails mode-amplitude
pde clock_of_a_cosine {
 dt(phi) = cos(t)*lap(phi)
}
