# The eikonal equation with viscosity.
# Source: Evans, Partial Differential Equations (2010).
# Physics: fronts of light rays, rounded by viscosity.
# Group: nonlinear
# Expected: conditional (linearised): about a flat front it is diffusion.
pde eikonal "Viscous eikonal (Hamilton-Jacobi) equation" {
    param nu > 0 = 1  # viscosity

    dt(phi) + dot(grad(phi), grad(phi)) = nu*lap(phi)
}
