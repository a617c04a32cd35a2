pde burgers {
    param nu > 0
    let speed = phi/2 + phi^2
    dt(phi) + 2*phi*dx(phi) = nu*lap(phi) - exp(phi) + speed + 1
}
