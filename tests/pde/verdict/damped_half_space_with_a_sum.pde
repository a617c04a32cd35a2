# The branch at k = 0 is a sum, which is subtracted as a whole.
#! problem = half-space
#! c1 = holds elliptic-square-root
#! c2 = holds routh-hurwitz
pde damped_half_space_with_a_sum {
    param a > 0 = 1
    dt(phi, 2) + (a + 1)*dt(phi) - fourier(log(1 + k^2), phi) = 0
}
