# The field and the time have other names.
pde renamed {
    time tau in (0, 5]
    field rho

    rho_tau = lap(rho) + ∂²τ ρ - d(rho, tau)
}
