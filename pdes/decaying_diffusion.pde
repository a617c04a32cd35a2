# Diffusion of particles that die at a constant rate.
# Source: Risken, The Fokker-Planck Equation (1989).
# Physics: a radioactive tracer.
# Group: diffusion
# Expected: s-generative: a constant death rate changes the mass and not the shape.
pde decaying_diffusion "Diffusion with decay" {
    param c >= 0 = 1  # death rate

    dt(phi) = lap(phi) - c*phi
}
