# sin(pi t)/pi is zero at t = 1 again.
#! verdict = not-s-generative
#! c1 = holds bernstein
#! c2 = fails mode-amplitude
pde clock_back_at_the_end {
 time t in (0, 1)
 dt(phi) = -cos(pi*t)*fraclap(phi, 1)
}
