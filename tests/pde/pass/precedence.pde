pde precedence {
    param a > 0; param b > 0; param c > 0
    dt(phi) = (a - (b - c))*phi - (a - b - c)*phi + a/(b*c)*phi + (a/b)*c*phi + a^(b^c)*phi + (a^b)^c*phi + (-a)^2*phi +
        (-(-a))*phi - (-b)*phi + a*(-b)*phi + a^(-2)*phi + a*-b*phi + a^-c*phi + 2^3²*phi + (lap(phi))
}
