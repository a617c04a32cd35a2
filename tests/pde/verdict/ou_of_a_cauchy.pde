# The clock c (e^{theta t} - 1)/theta of |k| in coordinates that move.
#! verdict = conditional
#! c1 = conditional bernstein [c >= 0]
#! c2 = conditional mode-amplitude [c > 0; theta >= 0]
pde ou_of_a_cauchy {
 param theta = 0.5; param c = 0.5
 dt(phi) = theta*div(x*phi) - c*fraclap(phi, 1)
}
