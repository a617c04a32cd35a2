#! verdict = conditional
#! c1 = conditional two-branches [N = 1]
pde growing { dt(phi, 2) - lap(phi) - phi = 0 }
