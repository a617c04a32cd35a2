#! verdict = not-s-generative
# A third derivative that is not there for a b = 2 only: what is left is deterministic and does not smooth.
pde third_derivative_beside_drift_in_x { param a >= 0 = 1; param b > 0 = 2; 2*dt(phi) - a*b*d(phi, x1, 3) + 2*d(phi, x1, 3) + (a - b)*phi - 7*div(x*phi) = 0 }
