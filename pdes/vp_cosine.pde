# Diffusion with linear drift towards 0: the scale of the data is a cosine.
# Source: Nichol, Dhariwal, Improved Denoising Diffusion Probabilistic Models, arXiv 2102.09672, equation 17.
# Physics: an Ornstein-Uhlenbeck process whose clock runs off to infinity at t = 1, so that nothing is left of the data there.
# Group: schedules
# Expected: s-generative: in coordinates that move with the drift the noise grows without bound towards t = 1.
pde vp_cosine "Variance preserving, cosine schedule" {
    param s >= 0 = 0.008  # offset, so that the noise does not start too slowly
    time t in (0, 1)
    let w = pi/2*(t + s)/(1 + s)
    let beta = pi/(1 + s)*sin(w)/cos(w)

    dt(phi) = 0.5*beta*(lap(phi) + div(x*phi))
}
