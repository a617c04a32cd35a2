pde constants {
    param m > 0
    dt(phi) = phi/0 + log(0)*phi + 0^(-1)*phi + phi/(2 - 2) + m^65*phi + (m^9)^8*phi + m^(-65)*phi + 1e999*phi + exp(1000)*phi
}
