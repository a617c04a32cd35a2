#! verdict = s-generative
#! c1 = holds bounded-force
pde erlang_walk { param r > 0 = 1
 # random walk with Gaussian jumps, waiting times Erlang(2, r)
 dt(phi, 2) + 2*r*dt(phi) + r^2*fourier(1 - exp(-k^2), phi) = 0 }
