pde characters {
    param é > 0
    dt(phi) == lap(phi) – 2**3*phi @@ .5*phi + 2.*phi & “x” + 5. 
}
