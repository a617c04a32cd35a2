# On k = (q, 0) psi = q^2 + q^2.5 grows faster than |k|^2, which no Levy exponent does; the power of |k| has to be counted together
# with the components that it multiplies.
#! verdict = not-s-generative
#! c1 = fails sum-of-levy-exponents
#! c2 = holds growth-rate-sign
pde afb { dim 2
dt(phi) = lap(phi) + d(fraclap(phi,0.5), x1, 2) }
