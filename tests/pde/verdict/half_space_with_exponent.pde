#! c1 = conditional elliptic-square-root [alpha <= 4]
pde powers { param alpha > 0 = 1; dt(phi, 2) - fraclap(phi, alpha) = 0 }
