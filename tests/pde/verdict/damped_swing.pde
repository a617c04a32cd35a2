# t + 3 (1 + t) e^{-t} - 3 > 0 for t > 0, 0.173 at t = 1.5, although the rate 1 - 3 t e^{-t} is negative at t = 1.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde damped_swing {
 dt(phi) = (1 - 3*t*exp(-t))*lap(phi)
}
