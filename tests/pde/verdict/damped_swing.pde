# t + 2 (1 + t) e^{-t} - 2 > 0 for t > 0 although the rate 1 - 2 t e^{-t} is not: its least value is 1 - 2/e > 0 after all.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde damped_swing {
 dt(phi) = (1 - 2*t*exp(-t))*lap(phi)
}
