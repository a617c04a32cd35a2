# Diffusion with linear drift towards 0 and a noise rate that grows linearly until t = 1.
# Source: Song et al., Score-Based Generative Modeling through Stochastic Differential Equations, arXiv 2011.13456, appendix C; Ho et al., DDPM, arXiv 2006.11239.
# Physics: variance_preserving with the end that score models give it: at t = 1 the scale of the data is exp(-(bmin + bmax)/4).
# Group: schedules
# Expected: conditional: the clock is finite, and what is left of the data at t = 1 is the prior error.
pde vp_linear "Variance preserving, linear schedule" {
    param bmin > 0 = 0.1  # noise rate at t = 0
    param bmax > 0 = 20  # and at t = 1
    time t in (0, 1]
    let beta = bmin + (bmax - bmin)*t

    dt(phi) = 0.5*beta*(lap(phi) + div(x*phi))
}
