# Variance preserving with less noise at first: the deviation is the variance of vp_linear.
# Source: Song et al., Score-Based Generative Modeling through Stochastic Differential Equations, arXiv 2011.13456, equation 13.
# Physics: an Ornstein-Uhlenbeck process whose noise is switched on gradually, at the rate 1 - exp(-2 B), B = the integral of beta.
# Group: schedules
# Expected: conditional: the clock is finite, and what is left of the data at t = 1 is the prior error.
pde sub_vp "Sub-variance-preserving diffusion" {
    param bmin > 0 = 0.1  # noise rate at t = 0
    param bmax > 0 = 20  # and at t = 1
    time t in (0, 1]
    let beta = bmin + (bmax - bmin)*t
    let B = bmin*t + (bmax - bmin)*t^2/2

    dt(phi) = 0.5*beta*div(x*phi) + 0.5*beta*(1 - exp(-2*B))*lap(phi)
}
