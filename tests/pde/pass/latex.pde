pde latex {
    param D > 0
    param \alpha \in (0, 2)
    param \sigma_{max} \ge 1 = 1
    dim 2
    let a = \frac{1}{2}*\sigma_{max}^{2}*\Delta\phi   # braces
    let b = \left(-\nabla^2\right)^{\alpha/2} \varphi
    let c = \partial_x \partial_{y} \phi + \frac{\partial^2 \phi}{\partial x\,\partial y} + \phi_{x_1 x_2}
    \frac{\partial \phi}{\partial t} = D \cdot \nabla^2 \phi + a - b + c - fourier(1 - \exp(-k^{2}), \phi)
}
