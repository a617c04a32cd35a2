pde heat { dt(phi) = lap(phi) }
