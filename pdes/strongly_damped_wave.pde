# The wave equation with viscous (Kelvin-Voigt) damping, in space.
# Source: Kalantarov, Zelik, Finite-dimensional attractors for the quasi-linear strongly-damped wave equation (2009).
# Physics: sound with viscosity: long waves travel, short waves decay.
# Group: waves
# Expected: not s-generative: waves decay, but travelling long waves make the density negative in space.
pde strongly_damped_wave "Strongly damped wave equation" {
    dim 3

    dt(phi, 2) - dt(lap(phi)) - lap(phi) = 0
}
