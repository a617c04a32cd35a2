# t + 4 (1 + t) e^{-t} - 4 is negative at t = 2: 2 + 12 e^{-2} - 4 = -0.376.
#! verdict = not-s-generative
#! c1 = fails local-first-order
#! c2 = fails mode-amplitude
pde overdrawn_swing {
 dt(phi) = (1 - 4*t*exp(-t))*lap(phi)
}
