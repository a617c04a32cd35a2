# As pasted from a paper.
pde yukawa {
    param m > 0 = 1.0

    ∂²φ/∂t² + ∇²φ − m²·φ = 0
}
