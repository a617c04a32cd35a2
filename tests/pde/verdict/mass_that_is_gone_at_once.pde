# The number of particles t^{-1} cannot start from 1; the waves beside it decay.
#! verdict = not-s-generative
#! c1 = fails clock-start
#! c2 = holds mode-amplitude
pde mass_that_is_gone_at_once {
 dt(phi) = lap(phi) - phi/t
}
