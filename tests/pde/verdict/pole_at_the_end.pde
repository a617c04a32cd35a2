# The clock -log(1 - s) diverges at the end.
#! verdict = s-generative
#! c1 = holds bernstein
#! c2 = holds mode-amplitude
pde rE { time s in (0, 1)
 dt(phi) = -fraclap(phi, 1)/(1 - s) }
