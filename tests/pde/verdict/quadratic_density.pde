# As the ordinary equation with loss: p = |phi|^2.
#! verdict = conditional
#! c1 = conditional quadratic-density [data are put in as phi = sqrt(q) with a chosen phase]
#! c2 = conditional growth-rate-sign [eta > 0]
#! density = |phi|^2
pde fsl { param eta = 1
I*dt(phi) = (1 - I*eta)*fraclap(phi,1.5) }
