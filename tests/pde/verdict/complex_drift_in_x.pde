#! verdict = undecided
# i φ_t + a∇²φ + ∇·(xφ) = 0 is no drift in x: its rate is imaginary, and real only where the equation is divided by the i before φ_t.
pde complex_drift_in_x { param a != 0; dim 2; I*dt(phi) + a*lap(phi) + 2*div(x*phi) = 0 }
