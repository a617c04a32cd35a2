#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds growth-rate-sign
#! flux = [phi - dx(phi), 0.5*phi - d(phi, x2)]
#! source = -3*phi
pde drift {
    dt(phi) + dot([1, 0.5], grad(phi)) = lap(phi) - 3*phi
}
