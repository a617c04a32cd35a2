#! verdict = s-generative
pde depth { param h > 0 = 1; dt(phi) = -fourier(k*(exp(h*k) - exp(-h*k))/(exp(h*k) + exp(-h*k)), phi) }
