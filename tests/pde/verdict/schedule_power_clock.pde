# The integral of t^a from 0 is finite iff a > -1; it then diverges.
#! verdict = conditional
#! c1 = conditional local-first-order [a + 1 > 0]
#! c2 = conditional mode-amplitude [a + 1 > 0]
pde power_clock { param a = 1
 dt(phi) = t^a*lap(phi) }
