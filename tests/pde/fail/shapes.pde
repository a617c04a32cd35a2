pde shapes {
    dt(phi) = grad(phi) + lap(x) + div(phi) + dot(x, phi) + x*grad(phi) + phi/x + x^2 + [1, x] + exp([1]) + (phi + x)
}
