pde lengths {
    dim 3
    dt(phi) = dot([1, 2], grad(phi)) + dot([1, 2, 3], grad(phi)) + aniso([[1, 2], [3]], phi) + d(phi, x7) + aniso(2, phi)
}
