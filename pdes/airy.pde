# The linear Korteweg-de Vries equation.
# Source: Whitham, Linear and Nonlinear Waves (1974).
# Physics: long water waves spread out without loss.
# Group: dispersive
# Expected: not s-generative: Im omega = 0 for every wave.
pde airy "Airy equation (linear KdV)" {
    dt(phi) + d(phi, x1, 3) = 0
}
