# (t - 1)^2 - 1 < 0 for the times at first: backward diffusion.
#! verdict = not-s-generative
#! c1 = fails local-first-order
#! c2 = fails mode-amplitude
pde clock_backward_first {
 time t in (0, 3)
 dt(phi) = 2*(t - 1)*lap(phi)
}
