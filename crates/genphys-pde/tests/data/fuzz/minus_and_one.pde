pde deep { dt(phi) = -(-(-(-(-(lap(phi)^1))))) }
