# A power of |k| that is no polynomial beside derivatives along one axis.
#! c2 = fails routh-hurwitz
pde power_beside_components { dim 2; dt(phi, 2) + 2*dt(phi) = d(phi, x1, 4) - 2*fraclap(phi, 2.5) }
