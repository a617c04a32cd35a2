pde relativistic {
    param m > 0 = 1
    param alpha in (0, 2] = 1.5
    let energy = sqrt(m^2 + k^2) - m

    dt(phi) = -fourier(energy, phi) - fraclap(phi, alpha) - fourier(1 - exp(-k^2), phi)
}
