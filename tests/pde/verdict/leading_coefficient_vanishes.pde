# L s^2 + s + L = 0, L = |k|^2: at k = 0 one root is lost and s = 0; elsewhere Re s < 0. C1: an atom of mass cos t.
#! verdict = not-s-generative
#! problem = evolution
#! c2 = holds routh-hurwitz
pde di { dt(phi) - dt(lap(phi),2) = lap(phi) }
