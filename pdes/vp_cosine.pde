# Diffusion with linear drift towards 0: the scale of the data is a cosine.
# Source: Nichol, Dhariwal, Improved Denoising Diffusion Probabilistic Models, arXiv 2102.09672, equation 17.
# Physics: the offset 0.008 keeps the noise from starting too slowly; an Ornstein-Uhlenbeck process whose clock runs off to infinity at t = 1, so that nothing is left of the data there.
# Group: schedules
# Expected: s-generative: in coordinates that move with the drift the noise grows without bound towards t = 1.
pde vp_cosine "Variance preserving, cosine schedule" {
    time t in (0, 1)
    let w = pi/2*(t + 0.008)/1.008
    let beta = pi/1.008*sin(w)/cos(w)

    dt(phi) = 0.5*beta*(lap(phi) + div(x*phi))
}
