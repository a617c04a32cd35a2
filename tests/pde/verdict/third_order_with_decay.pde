# s0 = -1: P(s - 1, k) = s^3 + s^2 + (1 + k^2) s + k^2.
#! problem = evolution
#! c2 = holds routh-hurwitz
pde third_order_with_decay {
    dt(phi, 3) + 4*dt(phi, 2) + 6*dt(phi) + 3*phi - dt(lap(phi)) - 2*lap(phi) = 0
}
