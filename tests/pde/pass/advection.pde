pde advection {
    param b in [-1, 1]
    dim 2
    dt(phi) + dot([b, 0.5], grad(phi)) = aniso([[2, b], [b, 1]], phi) - d(phi, x2, 3)
}
