pde functions {
    dt(phi, 0) = laplacian(phi) + lap phi + grad + dt(phi, 2.5) + lap(phi, 17) + d(phi, y) + d(phi) + div() + dx(phi, 2, 3) + bessel(phi, 2)
}
