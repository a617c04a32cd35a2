# In coordinates that move with the drift the clock is t/(1 - t).
#! verdict = s-generative
#! c1 = holds bernstein
#! c2 = holds mode-amplitude
pde mc { time t in (0, 1)
 dt(phi) = div(x*phi)/(1 - t) - fraclap(phi, 1)/(1 - t) }
