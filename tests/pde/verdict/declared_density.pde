# p = (s + k^2 + 2) phi for (s + k^2)^2 + 2 (s + k^2) + k^2: p-hat is exp(-k^2 t) times Kac's walk.
#! verdict = s-generative
#! c1 = holds declared-density
#! flux = -grad(dt(phi)) + grad(lap(phi)) - 3*grad(phi)
#! source = 0
pde rtn { dim 1
density dt(phi) - dx(phi,2) + 2*phi
dt(phi,2) - 2*dt(dx(phi,2)) + dx(phi,4) + 2*dt(phi) - 3*dx(phi,2) = 0 }
