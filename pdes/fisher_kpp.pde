# Diffusion with logistic growth.
# Source: Fisher, The wave of advance of advantageous genes (1937).
# Physics: a population spreads into empty land.
# Group: nonlinear
# Expected: conditional (linearised): about phi = 0 it is diffusion with births.
pde fisher_kpp "Fisher-KPP equation" {
    param D > 0 = 1  # diffusivity
    param r > 0 = 1  # growth rate

    dt(phi) = D*lap(phi) + r*phi*(1 - phi)
}
