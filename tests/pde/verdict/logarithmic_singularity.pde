# 1/(t log t) is not integrable at t = 1.
#! verdict = not-s-generative
#! c1 = fails clock-start
#! c2 = fails mode-amplitude
pde logarithmic_singularity {
 time t in (1, inf)
 dt(phi) = lap(phi)/(t*log(t))
}
