pde title "no end {
    dt(phi) = lap(phi)
}
