#! verdict = s-generative
#! c1 = holds two-branches
#! c2 = holds routh-hurwitz
pde telegraph_or_diffusion_on_the_line { param a >= 0; dim 1; a*dt(phi, 2) + dt(phi) = lap(phi) }
