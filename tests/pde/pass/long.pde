pde long {
    param alpha_coefficient > 0; param beta_coefficient > 0
    let first_abbreviation = alpha_coefficient^2 + beta_coefficient^2 + alpha_coefficient*beta_coefficient - 2*alpha_coefficient
    density -dt(phi) + alpha_coefficient*phi + beta_coefficient*(phi + phi) + alpha_coefficient^2*phi - beta_coefficient^2*phi
    dt(phi, 2) + first_abbreviation*dt(phi) + alpha_coefficient*phi - beta_coefficient*phi = -beta_coefficient*lap(phi) + div((alpha_coefficient + beta_coefficient)*grad(phi)) + alpha_coefficient*dx(phi)  # wide
}
