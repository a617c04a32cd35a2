pde paper {
    dim 3
    param α ∈ (0, 2)
    let a = ∂ₓ²u + uₓₓ + u_yy + ∂²u/∂z² + d²u/dx² + ∂²u/∂x∂y   # axes
    let b = (−Δ)^(α/2) u + (−∇²)²u + √(−Δ) u + nabla^4 u
    let c = fourier(tanh(2*k) + 1/cosh(k), u)
    ∂ₜu = a − b − c
}
