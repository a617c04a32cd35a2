#! verdict = s-generative
pde cly { param alpha in (0, 2] = 1.5; param beta in (0, 1) = 0.5; caputo(phi, beta) = -fraclap(phi, alpha) }
