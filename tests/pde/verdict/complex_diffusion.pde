#! verdict = conditional
#! c1 = conditional quadratic-density [data are put in as phi = sqrt(q) with a chosen phase]
#! c2 = holds growth-rate-sign
pde complex_diffusion { dt(phi) = (0.1 + I)*lap(phi) }
