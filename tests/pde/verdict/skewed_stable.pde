# psi = |k|^1.5 (c + i b sgn k) is stable with skewness: |b| <= c |tan(3 pi/4)| = c (Feller). The minimum of p is > 0 for b/c = 0.9 and
# -1.5e-3 for 1.1.
#! verdict = conditional
#! c1 = conditional sum-of-levy-exponents [c >= b; c + b >= 0]
#! c2 = holds growth-rate-sign
pde rf { dim 1; param c > 0 = 1; param b = 0.5
dt(phi) = -c*fraclap(phi,1.5) - b*dx(fraclap(phi,0.5)) }
