pde operators {
    param a > 0
    dt(phi) = fraclap(phi, 0) + fraclap(phi, -a) + fraclap(phi, t) + fraclap(phi, k) + fraclap(phi, 65) + fraclap(phi, I)
        + fourier(phi, phi) + fourier(x, phi) + fourier(t, phi) + fourier(lap(phi), phi) + aniso([[t]], phi) + k*phi + dx(a) + x1*phi
}
