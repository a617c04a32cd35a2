#! verdict = not-s-generative
#! problem = evolution
#! c2 = fails growth-rate-sign
pde every_wave_alike { dt(phi, 2) + dt(phi) + 3*phi = 0 }
