#! c1 = undecided short-times
# At k = 0 no derivative in t is left: growth rates -1 ± sqrt(1 + 2/k^2) rise without bound for long waves.
pde no_order_in_time_at_rest {
    dim 1
    dt(lap(phi), 2) + 2*dt(lap(phi)) + 2*phi = 0
}
