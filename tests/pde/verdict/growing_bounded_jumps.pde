#! verdict = not-s-generative
#! c1 = fails short-times
#! c2 = fails routh-hurwitz
# The generator is bounded: growth rates are, in both branches, and initial values determine the solution.
pde growing_bounded_jumps {
    dt(phi, 2) - 2*fourier(1 - cos(k)*exp(-k^2), phi) = 0
}
