#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde cosine_with_another_offset { time t in (0, 1)
 let w = pi/2*(t + 0.02)/1.02
 dt(phi) = pi/2.04*sin(w)/cos(w)*(lap(phi) + div(x*phi)) }
