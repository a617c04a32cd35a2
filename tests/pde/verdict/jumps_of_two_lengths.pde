#! c1 = conditional levy-closure [s >= 0]
# The atoms of the jumps lie at different places.
pde jumps_of_two_lengths { dim 1; param s = 0.5
 dt(phi) = -fourier(1 - cos(k) + s*(1 - cos(2*k)), phi) }
