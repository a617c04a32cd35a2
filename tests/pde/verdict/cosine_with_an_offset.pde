# The cosine schedule as it is used: scale cos(w)/cos(w0), w from w0 to pi/2.
#! verdict = s-generative
#! c1 = holds local-first-order
#! c2 = holds mode-amplitude
pde cosine_offset { time t in (0, 1)
 let w = pi/2*(t + 0.008)/1.008
 let theta = pi/2/1.008*sin(w)/cos(w)
 dt(phi) = theta*(lap(phi) + div(x*phi)) }
