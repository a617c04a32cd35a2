pde repeated {
    dim 1; dim 2
    field u; field v
    density u; density u
    time t in (0, 1); time s in (0, 1)
    dt(u) = lap(u)
}
