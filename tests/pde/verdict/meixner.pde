#! verdict = s-generative
pde meix { param a > 0 = 1
dt(phi) = -fourier(log((exp(a*k) + exp(-a*k))/2), phi) }
