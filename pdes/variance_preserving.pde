# Diffusion with linear drift towards 0 and a linear noise schedule.
# Source: Song et al., Score-Based Generative Modeling through Stochastic Differential Equations, arXiv 2011.13456; Ho et al., DDPM, arXiv 2006.11239.
# Physics: the forward process of VP (DDPM) diffusion models: an Ornstein-Uhlenbeck process with a clock.
# Group: diffusion
# Expected: s-generative: in coordinates that move with the drift the noise grows without bound.
pde variance_preserving "Variance-preserving diffusion" {
    param bmin > 0 = 0.1  # schedule at t = 0
    param slope > 0 = 19.9  # its growth
    let beta = bmin + slope*t

    dt(phi) = 0.5*beta*(lap(phi) + div(x*phi))
}
