# At k = 2*pi the lattice looks as at k = 0, whatever the drift does.
#! c2 = fails growth-rate-sign
pde drift_beside_a_lattice {
    param b
    dim 1

    dt(phi) + b*dx(phi) + fourier(1 - cos(k), phi) = 0
}
