#! verdict = not-s-generative
#! problem = ill-posed
pde odd { dt(phi) = I*dx(phi) }
