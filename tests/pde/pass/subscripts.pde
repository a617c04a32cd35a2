pde subscripts {
    field u
    param c > 0
    u_tt + c*u_xxt = u_xx + u_x2x2 + 2*u_x
}
