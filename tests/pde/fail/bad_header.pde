pde dissipative-wave "Wave" {
    param D > 0
    dt(phi) = E*lap(phi)
}
