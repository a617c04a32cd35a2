#! verdict = not-s-generative
#! c1 = fails relaxation
#! c2 = holds routh-hurwitz
pde kelvin_voigt {
    dim 2
    dt(phi, 2) + 0.5*dt(phi) - dt(lap(phi)) = lap(phi)
}
