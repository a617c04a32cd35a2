pde continued {
    param D > 0
    dt(phi) +
        2*phi
      = D*(lap(phi)
          - phi
          + dx(
              phi)) -

        phi
}
