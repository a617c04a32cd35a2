# The linear part of the complex Ginzburg-Landau equation.
# Source: Aranson, Kramer, The world of the complex Ginzburg-Landau equation (2002).
# Physics: a wave packet that spreads and diffuses.
# Group: dispersive
# Expected: conditional: |phi|^2 >= 0 and waves decay, but the density is not linear in the data.
pde damped_schroedinger "Damped Schroedinger equation" {
    param gamma > 0 = 0.5  # share of diffusion

    dt(phi) = (gamma + I)*lap(phi)
}
