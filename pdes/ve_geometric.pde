# Diffusion whose noise levels form a geometric sequence until t = 1.
# Source: Song et al., Score-Based Generative Modeling through Stochastic Differential Equations, arXiv 2011.13456, appendix C.
# Physics: the heat equation with a clock: the deviation is smin*sqrt(ratio^(2t) - 1).
# Group: schedules
# Expected: conditional: the clock is finite, and what is left of the data at t = 1 is the prior error.
pde ve_geometric "Variance exploding, geometric schedule" {
    param smin > 0 = 0.01  # smallest noise level
    param ratio > 1 = 5000  # the largest over the smallest
    time t in (0, 1]

    dt(phi) = log(ratio)*smin^2*ratio^(2*t)*lap(phi)
}
