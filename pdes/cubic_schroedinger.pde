# The Schroedinger equation with a cubic term, read as an analytic one.
# Source: Sulem, Sulem, The Nonlinear Schroedinger Equation (1999).
# Physics: envelopes of waves that focus themselves.
# Group: nonlinear
# Expected: not s-generative: about phi = 0 every wave keeps its amplitude.
pde cubic_schroedinger "Cubic Schroedinger equation" {
    I*dt(phi) + lap(phi) + phi^3 = 0
}
