# Diffusion that is faster where there is more.
# Source: Vazquez, The Porous Medium Equation (2007).
# Physics: gas in a porous rock spreads with a sharp front.
# Group: nonlinear
# Expected: conditional (linearised): about a uniform density it is diffusion with D = 2*phi0.
pde porous_medium "Porous medium equation" {
    dt(phi) = lap(phi^2)
}
