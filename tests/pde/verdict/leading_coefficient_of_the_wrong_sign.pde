# L s^2 - s + L: Re s > 0 at every k != 0, and s ~ 1/L as k -> 0.
#! c2 = fails routh-hurwitz
pde leading_coefficient_of_the_wrong_sign { -dt(lap(phi), 2) - dt(phi) = lap(phi) }
