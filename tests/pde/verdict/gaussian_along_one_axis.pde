#! c1 = fails elliptic-square-root
# s^2 = k1^2 + k2^4: a Gaussian along x2, and no jumps that could depend on k1 alone.
pde gaussian_along_one_axis { dim 2
 dt(phi, 2) + d(phi, x1, 2) - d(phi, x2, 4) = 0 }
