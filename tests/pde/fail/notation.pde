pde notation {
    time s in (0, inf)
    ∂²φ/∂s = ∂t φ
    let a = ∇×φ
    let b = ∂²φ/∂x∂y
    let c = ∇³φ + ∂φ/∂y + ∂²s² φ
    let d = ∂φ
}
