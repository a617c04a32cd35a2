# Every problem is reported at once.
pde many {
    param D > zero
    parm E > 0
    param k = 1
    let a = 2 $ 3
    time t in (1, 1)
    dt(phi) = Dif*lap(phi) + sqrt(grad(phi)) + gard(phi) + 2phi
}
