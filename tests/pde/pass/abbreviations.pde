pde abbreviations {
    let a = 2*D
    let flux = -a*grad(phi)
    param D > 0
    dt(phi) + div(flux) = -a^2*phi
}
