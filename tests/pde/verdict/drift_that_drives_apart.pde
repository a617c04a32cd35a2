# e^{2 Theta} = e^{-t^2} has a finite integral: the data stay visible in the moving frame.
#! verdict = not-s-generative
#! c1 = holds local-first-order
#! c2 = fails mode-amplitude
pde drift_that_drives_apart {
 param c > 0 = 1
 dt(phi) = -t*div(x*phi) + c*lap(phi)
}
