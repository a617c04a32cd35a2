param D > 0
dt(phi) = E*lap(phi)
