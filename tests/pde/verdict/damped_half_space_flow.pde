# p, J and R of the kernel: J/p = z/t, R/p = eps dt(phi)/p.
#! density = -dt(phi) - eps*phi
#! flux = -grad(phi)
#! source = eps*dt(phi)
pde damped_half_space_flow {
 param eps = 0.5
 dt(phi, 2) + 2*eps*dt(phi) + lap(phi) = 0
}
