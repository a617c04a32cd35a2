#! verdict = not-s-generative
#! c2 = fails routh-hurwitz
pde irrational {
    dt(phi, 2) + 3*dt(phi) + dt(lap(phi, 2)) + phi - 0.3*lap(phi) - lap(phi, 2) - lap(phi, 3) = 0
}
