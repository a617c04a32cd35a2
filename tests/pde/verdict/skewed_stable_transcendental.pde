# |tan(0.6 pi)| = 3.07768 for the exponent 1.2, which is cot(0.1 pi).
#! c1 = conditional sum-of-levy-exponents [(cos(0.1*pi)/sin(0.1*pi)) >= b; b + (cos(0.1*pi)/sin(0.1*pi)) >= 0]
pde skewed_stable_transcendental { dim 1; param b = 0.5
dt(phi) = -fraclap(phi, 1.2) - b*dx(fraclap(phi, 0.2)) }
