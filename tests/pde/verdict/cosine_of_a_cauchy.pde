# theta = tan: scale cos(t), the clock of |k| is 1/cos(t) - 1.
#! verdict = s-generative
#! c1 = holds bernstein
#! c2 = holds mode-amplitude
pde cosine_of_a_cauchy {
 time t in (0, 0.5)
 let w = pi*t
 dt(phi) = pi*sin(w)/cos(w)*(div(x*phi) - fraclap(phi, 1))
}
