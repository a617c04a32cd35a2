#! verdict = s-generative
#! c1 = holds bessel-subordination
# The density has the factor t^127.
pde screened_pfgmpp_of_128 { param m > 0 = 1; dt(phi, 2) + 127/t*dt(phi) + lap(phi) - m^2*phi = 0 }
