pde no_end {
    dt(phi) = lap(phi)
