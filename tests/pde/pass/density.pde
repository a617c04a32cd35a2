pde dense {
    density -dt(phi) + phi^2
    dt(phi, 2) + lap(phi) = 0
}
