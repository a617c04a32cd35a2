# The clock from t = -0.5 on is (1 + t)^2/2 - 1/8.
#! verdict = s-generative
#! c1 = holds bernstein
#! c2 = holds mode-amplitude
pde qh { time t in (-0.5, inf)
 dt(phi) = -(1 + t)*fraclap(phi, 1) }
