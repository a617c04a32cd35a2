# T = 0.8225 in N = 2.
#! verdict = s-generative
#! c1 = holds sum-of-levy-exponents
pde skp { dim 2
dt(phi) = -fraclap(phi,1.5) - 0.5*dx(fraclap(phi,0.5)) }
