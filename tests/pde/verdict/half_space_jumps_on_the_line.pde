#! c1 = conditional elliptic-square-root [N = 1]
pde half_space_jumps_on_the_line {
    dt(phi, 2) - 2*fourier(1 - cos(k)*exp(-k^2), phi) = 0
}
