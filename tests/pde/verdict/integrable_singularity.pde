# 1/sqrt(t) is, and its integral 2 sqrt(t) diverges.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde integrable_singularity {
 dt(phi) = lap(phi)/sqrt(t) - phi/sqrt(t)
}
