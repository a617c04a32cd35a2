# T = Gamma(-1/4) Gamma(7/4)/(Gamma(-3/4) Gamma(9/4)) = 0.82250 in N = 2.
#! c1 = fails sum-of-levy-exponents
pde too_skewed_in_the_plane { dim 2
dt(phi) = -fraclap(phi, 1.5) - 0.83*dx(fraclap(phi, 0.5)) }
