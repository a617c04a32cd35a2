# In coordinates that move with the drift the clock is D (e^{2 theta t} - 1)/(2 theta), bounded for theta < 0.
#! verdict = conditional
#! c1 = conditional local-first-order [D >= 0]
#! c2 = conditional mode-amplitude [D > 0; theta >= 0]
pde ou_signs { param theta in [-1, 1] = 0.5; param D in [-1, 1] = 0.5
 dt(phi) = theta*div(x*phi) + D*lap(phi) }
