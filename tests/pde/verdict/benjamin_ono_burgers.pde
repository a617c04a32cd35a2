# psi = nu k^2 - i k|k|, but lim psi(tk)/t^2 is a real form.
#! c1 = fails sum-of-levy-exponents
#! c2 = holds growth-rate-sign
pde benjamin_ono_burgers { dim 1; param nu > 0 = 1
dt(phi) = nu*dx(phi, 2) + dx(fraclap(phi, 1)) }
