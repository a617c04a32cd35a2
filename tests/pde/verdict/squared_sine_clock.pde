# sin(t)^2 has the mean 1/2.
#! c2 = holds mode-amplitude
pde squared_sine_clock { dt(phi) = sin(t)^2*lap(phi) }
