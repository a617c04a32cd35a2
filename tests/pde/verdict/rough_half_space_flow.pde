# The death rate of the kernel is constant, and so is R/p of the printed flow.
#! c1 = holds elliptic-square-root
#! density = -dt(phi)
#! flux = -grad(fourier(k^(-0.4), phi))
#! source = 2*eps*dt(phi)
pde rough_half_space_flow {
 param eps > 0 = 0.5
 dt(phi, 2) + 2*eps*dt(phi) - fraclap(phi, 1.6) = 0
}
