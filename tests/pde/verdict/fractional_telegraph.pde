# Short waves oscillate like cos(|k|^(alpha/2) t), which no point masses do.
#! verdict = not-s-generative
#! c1 = fails short-waves
#! c2 = holds routh-hurwitz
pde fractional_telegraph { param eps > 0 = 1; param alpha in (0, 2) = 1
dt(phi, 2) + 2*eps*dt(phi) + fraclap(phi, alpha) = 0 }
