# Heat dissipation of an image in the coordinates of its cosine transform, with noise: every coordinate relaxes at its own rate; here four of them, in the frame that moves with the mean.
# Source: Rissanen, Heinonen, Solin, Generative Modelling With Inverse Heat Dissipation, arXiv 2206.13397.
# Physics: blurring removes fine detail first; read as diffusion with one rate per cosine mode.
# Group: diffusion
# Expected: s-generative: a diffusion with a positive diagonal matrix.
pde inverse_heat_dissipation "Inverse heat dissipation, anisotropic reading" {
    dt(phi) = aniso([[0.25, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 2]], phi)
}
