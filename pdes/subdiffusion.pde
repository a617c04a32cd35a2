# Diffusion with memory: Caputo's derivative in the time.
# Source: Metzler and Klafter, Physics Reports 339 (2000) 1.
# Physics: particles that rest for random times without a mean; the mean square displacement grows as t^beta.
# Group: memory
# Expected: s-generative: the heat kernel at the time (t/S)^beta, S positive beta-stable, for 0 < beta <= 1 (Pollard).
pde subdiffusion "Slow diffusion (Caputo)" {
    param D > 0 = 1
    param beta in (0, 1] = 0.5  # order of the derivative in the time

    dt(phi, beta) = D*lap(phi)
}
