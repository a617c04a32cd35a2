"""Writes far.csv: ln p of kernels of Bernstein exponents far out, by mpmath with 60 digits.

relativistic: sqrt(l + m^2) - m, e^{mt} times the Yukawa kernel, a Bessel function.
variance_gamma: log(1 + l/2), u is Gamma distributed, a Bessel function.
linnik: log(1 + l^(a/2)), the asymptotic series in r^-a, a term of which is the transform of a power of k.
exponential_jumps: l/(1 + l), quadrature over the Bessel density of u.
equal_jumps: 1 - exp(-l/2), the sum over Poisson numbers, by a trapezoidal rule where they are many.
Run: python3 far.py > far.csv
"""
from mpmath import *
mp.dps = 60

def gauss(N, u, r): return -mpf(N)/2*log(4*pi*u) - r*r/(4*u)

def peak(f, lo, hi):
    """The largest value of a unimodal function of ln u."""
    lo, hi = mpf(lo), mpf(hi)
    for _ in range(220):
        a, b = lo + (hi - lo)/3, hi - (hi - lo)/3
        if f(a) < f(b): lo = a
        else: hi = b
    return (lo + hi)/2

def integral(f, lo, hi):
    """ln of the integral of e^f over u, f given at ln u and with one narrow maximum: the trapezoidal rule."""
    v = peak(lambda v: f(v) + v, lo, hi)
    g = lambda v: f(v) + v
    h = mpf(10)**-20
    width = 1/sqrt(-(g(v + h) - 2*g(v) + g(v - h))/h**2)
    step = width/4
    top = g(v)
    return top + log(step*fsum(exp(g(v + i*step) - top) for i in range(-80, 81)))

def relativistic(m, N, t, r):
    rho, nu = sqrt(r*r + t*t), mpf(N + 1)/2
    return m*t + log(2*t) - nu*log(2*pi) + nu*log(m/rho) + log_k(nu, m*rho)

def log_k(nu, x):
    """ln K_nu(x) by the asymptotic series for large x."""
    total, term, k = mpf(1), mpf(1), 0
    while abs(term) > mpf(10)**-55*abs(total) and k < 4000:
        k += 1
        term *= (4*nu*nu - (2*k - 1)**2)/(k*8*x)
        total += term
    assert k < 4000
    return log(pi/(2*x))/2 - x + log(total)

def variance_gamma(_, N, t, r):
    s, nu = mpf(2), t - mpf(N)/2
    return t*log(s) - loggamma(t) - mpf(N)/2*log(4*pi) + log(2) + nu*log(r/(2*sqrt(s))) + log_k(nu, r*sqrt(s))

def linnik(a, N, t, r):
    total, n = mpf(0), 0
    while n < 200:
        n += 1
        power = a*n/2
        # (1 + k^a)^-t = sum binomial(-t, n) k^(an)
        term = binomial(-t, n)*exp(loggamma(mpf(N)/2 + power) + 2*power*log(2) - mpf(N)/2*log(pi))*rgamma(-power)*r**(-N - 2*power)
        total += term
        if 0 < abs(term) < mpf(10)**-40*abs(total): break
    return log(total)

def exponential_jumps(_, N, t, r):
    def law(v):
        u = exp(v); x = 2*sqrt(t*u)
        bessel = log(besseli(1, x)) if x < 200 else x - log(2*pi*x)/2 + log(fsum(hankel(1, x)))
        return -t - u + log(t/u)/2 + bessel + gauss(N, u, r)
    return integral(law, log(r) - 40, log(r) + 10)

def hankel(nu, x):
    term, k = mpf(1), 0
    while abs(term) > mpf(10)**-55 and k < 400:
        yield term
        k += 1
        term *= -(4*mpf(nu)**2 - (2*k - 1)**2)/(k*8*x)

def equal_jumps(_, N, t, r):
    f = lambda v: exp(v)*log(t) - t - loggamma(exp(v) + 1) + gauss(N, exp(v)/2, r)
    return integral(f, 1, 2*log(r))

families = [(relativistic, [1, 20]), (variance_gamma, [None]), (linnik, [1, mpf('1.5')]), (exponential_jumps, [None]), (equal_jumps, [None])]
print("# By far.py. family,parameter,N,t,r,log_p")
for family, parameters in families:
    for parameter in parameters:
        for N in [1, 3, 64, 3072]:
            for t, r in [('1e-12', '1e7'), ('1e-6', '1e9'), ('0.7', '1e6'), ('0.7', '1e9'), ('0.7', '1e12'), ('1e3', '1e7'), ('1e3', '1e9')]:
                name = '' if parameter is None else nstr(mpf(parameter), 5)
                p = None if parameter is None else mpf(parameter)
                print(family.__name__, name, N, t, r, nstr(family(p, N, mpf(t), mpf(r)), 20), sep=',', flush=True)
