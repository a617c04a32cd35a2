#! verdict = not-s-generative
#! c1 = fails bernstein
# |k|^3/(1 + |k|^2) is o(|k|^2) for long waves.
pde quotient_without_variance { param c > 0 = 1; dt(phi) - dt(lap(phi)) = -c*fraclap(phi, 3) }
