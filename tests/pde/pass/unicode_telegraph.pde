pde telegraph {
    param ε ≥ 0 = 1e-1
    time t in (0, ∞)
    ∂²t φ + 2·ε·∂t φ = Δφ
}
