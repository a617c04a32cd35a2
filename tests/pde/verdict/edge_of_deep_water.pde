#! c1 = undecided bernstein
#! c2 = holds growth-rate-sign
# tanh|k| rises like |k| for long waves and has a limit: neither a proof nor a refutation is known here.
pde edge_of_deep_water {
    dt(phi) = -fourier(tanh(k), phi)
}
