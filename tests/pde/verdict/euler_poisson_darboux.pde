# p-hat = j(k t) of order -D/2 (Schoenberg): N <= 2 - D; it falls for D < 1.
#! verdict = conditional
#! problem = evolution
#! c1 = conditional spherical-means [D <= 1; N = 1]
#! c2 = conditional bessel-amplitude [D < 1]
#! density = t^(D - 1)*dt(phi)
#! flux = -t^(D - 1)*grad(phi)
pde euler_poisson_darboux {
    param D > 0 = 0.5
    dt(phi, 2) + (D - 1)/t*dt(phi) = lap(phi)
}
