# A half-space problem whose wave at k = 0 oscillates for a < b: which branches count there is left open.
#! verdict = undecided
pde still_wave_that_oscillates { param a > 0 = 1; param b > 0 = 2; dt(phi, 2) + 3*d(phi, x1, 2) - (a - b)*phi + 2*dx(phi) = 0 }
