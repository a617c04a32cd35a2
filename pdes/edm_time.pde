# Diffusion with t as the noise level: sigma(t) = t.
# Source: Karras et al., Elucidating the Design Space of Diffusion-Based Generative Models, arXiv 2206.00364.
# Physics: the heat equation with a clock that makes the standard deviation equal to t.
# Group: diffusion
# Expected: s-generative: the variance is t^2.
pde edm_time "Diffusion in EDM time" {
    dt(phi) = t*lap(phi)
}
