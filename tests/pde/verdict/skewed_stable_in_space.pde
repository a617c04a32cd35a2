# T = |Gamma((1-a)/2) Gamma((3+a)/2)/(Gamma(-a/2) Gamma((4+a)/2))| = |tan(pi a/2)| (1 + a)/(2 + a) = 5/7 for a = 3/2 in N = 3.
#! c1 = conditional sum-of-levy-exponents [5*c >= 7*b; 7*b + 5*c >= 0]
pde skewed_stable_in_space { dim 3; param b = 0.5; param c > 0 = 1
dt(phi) = -c*fraclap(phi, 1.5) - b*dx(fraclap(phi, 0.5)) + d(phi, x2) }
