pde unknown {
    param eps > 0
    dt(phi) = epsilon*lap(phi) + eps*phi + epsilon*phi - e^2*phi + i*phi
}
