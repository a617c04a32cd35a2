pde broken {
    param m > 0
    dt(phi, 2) + lap(phi) - masss^2*phi =
}
