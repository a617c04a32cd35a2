# Ornstein-Uhlenbeck process: its density drifts to the origin.
pde ornstein_uhlenbeck {
    param theta > 0 = 1
    param sigma > 0 = 1
    dt(phi) = theta*div(x*phi) + sigma^2/2*lap(phi)
}
