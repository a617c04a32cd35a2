# Diffusion whose noise level grows exponentially.
# Source: Song et al., Score-Based Generative Modeling through Stochastic Differential Equations, arXiv 2011.13456.
# Physics: the forward process of VE diffusion models.
# Group: diffusion
# Expected: s-generative: the diffusivity is positive at all times and its integral diverges.
pde variance_exploding "Variance-exploding diffusion" {
    param rate > 0 = 1  # growth rate of the variance

    dt(phi) = exp(rate*t)*lap(phi)
}
