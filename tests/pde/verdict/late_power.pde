# t^p from t = 2 on has no singular start: C1 for every p.
#! verdict = conditional
#! c1 = holds bernstein
#! c2 = conditional mode-amplitude [p + 1 >= 0]
pde late_power {
 time t in (2, inf); param p = 1
 dt(phi) = -t^p*fraclap(phi, 0.5)
}
