pde implicit {
    param D > 0; param m > 0
    ∂²φ/∂t² + 2 D lap(phi) - m²φ + D(phi + 1) + (D)(phi) = 0
}
