# The clock 1 - cos(t) is back at 0 at t = 2*pi.
#! c2 = fails mode-amplitude
pde sine_clock { dt(phi) = sin(t)*lap(phi) }
