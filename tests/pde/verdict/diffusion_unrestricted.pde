#! verdict = conditional
#! c1 = conditional local-first-order [D >= 0]
#! c2 = conditional growth-rate-sign [D > 0]
pde diffusion_unrestricted {
    param D = 1
    dt(phi) = D*lap(phi)
}
