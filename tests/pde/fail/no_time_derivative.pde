pde static {
    lap(phi) = phi
}
