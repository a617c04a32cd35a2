# The slowest rate at k = 0 is the real root of an irreducible cubic.
#! problem = evolution
#! c2 = holds routh-hurwitz
pde third_order_irrational {
    dt(phi, 3) + 3*dt(phi, 2) + 4*dt(phi) + phi - dt(lap(phi)) - 2*lap(phi) = 0
}
