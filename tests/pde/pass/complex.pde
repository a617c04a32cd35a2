pde ginzburg_landau {
    param complex c != 0 = 1
    param complex g
    I*dt(phi) = -(1 - I*2)*lap(phi)/2 + c*pi*phi + g*phi
}
