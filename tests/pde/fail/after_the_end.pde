pde one { dt(phi) = lap(phi) }
pde two { dt(phi) = lap(phi) }
