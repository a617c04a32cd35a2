"""Writes families.csv: ln p, J/(p r), R/p and the velocity without births, by mpmath from the formulas below, 30 digits.

J/p = z/t of half-space kernels makes R/p what is missing in the continuity equation. The velocity without births is
J/(p r) - (r^N p)^-1 int_0^r s^(N-1) (R/p - mean) p ds, by quadrature on the side of r where less cancels.
Run: python3 families.py > families.csv
"""
from mpmath import asinh, besseli, cosh, exp, factorial, gamma, inf, log, loggamma, mp, mpf, pi, quad, sin, sqrt

mp.dps = 35
DIMS, TIMES = [1, 3, 64, 3072], ["1e-6", "0.7", "1e3"]
FACTORS = ["0", "1e-3", "0.3", "1", "3", "30", "1e4"]


def log_k(nu, x):
    """ln K_nu(x) from 2 K_nu(x) = int e^(nu s - x cosh s) ds over the line, by the trapezoidal rule, which has all digits."""
    peak, width = asinh(nu / x), (nu * nu + x * x) ** mpf("-0.25")
    step, total = min(width, 1) / 9, mpf(0)
    top = nu * peak - x * cosh(peak)
    for side in (1, -1):
        k = 0 if side == 1 else 1
        while True:
            s = peak + side * k * step
            term = nu * s - x * cosh(s) - top
            if term < -80 and k > 40:
                break
            total += exp(term)
            k += 1
    return top + log(step * total / 2)


class Screened:
    """u of density (t/2)^D/Gamma(D/2) u^(-D/2-1) e^(-t^2/4u - m^2 u), then a Gaussian of variance 2 u c^2."""

    def __init__(self, name, c, D, m):
        self.name, self.row, self.c, self.D, self.m = name, [c, D, m], mpf(c), mpf(D), mpf(m)

    def scale(self, t):
        m, c, D = self.m, self.c, self.D
        return c * t if m * t < 1 else c * sqrt(t / m) * max(1, sqrt(D))

    def log_p(self, N, t, r):
        nu, rho, D, m = (N + self.D) / 2, sqrt((r / self.c) ** 2 + t * t), self.D, self.m
        head = D * log(t / 2) - loggamma(D / 2) - mpf(N) / 2 * log(4 * pi) - N * log(self.c)
        if m == 0:
            return head + loggamma(nu) - 2 * nu * log(rho / 2)
        return head + log(2) - nu * log(rho / (2 * m)) + log_k(nu, m * rho)

    def v(self, N, t, r):
        return 1 / t

    def growth(self, N, t, r):
        if self.m == 0:
            return mpf(0)
        nu, x = (N + self.D) / 2, self.m * sqrt((r / self.c) ** 2 + t * t)
        return -x / t * exp(log_k(nu - 1, x) - log_k(nu, x))

    def mean_growth(self, t):
        x = self.m * t
        return -x / t * exp(log_k(self.D / 2 - 1, x) - log_k(self.D / 2, x)) if self.m > 0 else mpf(0)

    def conservative(self, N, t, r):
        if self.m == 0:
            return 1 / t
        if r == 0:
            return 1 / t - (self.growth(N, t, r) - self.mean_growth(t)) / N
        mean, here = self.mean_growth(t), self.log_p(N, t, r)
        surplus = self.growth(N, t, r) - mean
        side = -1 if surplus > 0 else 1

        def f(w):
            s = r * exp(side * w)
            return exp(side * N * w + self.log_p(N, t, s) - here) * (self.growth(N, t, s) - mean)

        # Panels that double, as far as 25 digits go.
        step, points = mpf(1) / N, [mpf(0)]
        while abs(f(step)) > mpf(10) ** -25 * abs(f(0)):
            points.append(step)
            step *= 2
        return 1 / t + side * quad(f, points + [step], maxdegree=5)


class Telegraph:
    """From phi = e^(-eps t)/(2c) I_0(w/c sqrt(c^2 t^2 - x^2)): p = phi_t + 2 eps phi, J = -c^2 phi_x, R = -m^2 phi."""

    def __init__(self, eps, c, m):
        self.name, self.row, self.eps, self.c, self.m = "telegraph", [eps, c, m], mpf(eps), mpf(c), mpf(m)
        self.w = sqrt(self.eps**2 - self.m**2)

    def parts(self, t, x):
        e, c, w = self.eps, self.c, self.w
        eta = w / c * sqrt(c * c * t * t - x * x)
        i0, i1 = besseli(0, eta), besseli(1, eta) / eta
        # phi, phi_t and phi_x/x but for e^(-eps t)/(2c).
        return i0, -e * i0 + w * w * t * i1, -((w / c) ** 2) * i1

    def values(self, t, x):
        phi, phi_t, phi_x = self.parts(t, x)
        p = phi_t + 2 * self.eps * phi
        return log(p) - self.eps * t - log(2 * self.c), -self.c**2 * phi_x / p, -self.m**2 * phi / p


class Stable:
    """Series of the isotropic stable law at time one: in r^2 for a > 1 near the source, in r^-a else."""

    def __init__(self, a):
        self.name, self.row, self.a = "stable", [a, "", ""], mpf(float(a))

    def log_p(self, N, t, r):
        a, log_scale = self.a, log(t) / self.a
        rho = r / exp(log_scale)
        if rho == 0 or a > 1 and rho < 30:
            with mp.workdps(40 + int(rho**2 / 2)):
                total, k = mpf(0), 0
                while True:
                    head = gamma((2 * k + N) / a) / (factorial(k) * gamma(k + mpf(N) / 2))
                    term = (-1) ** k * head * (rho / 2) ** (2 * k)
                    total, k = total + term, k + 1
                    if k > rho**2 and abs(term) < mpf(10) ** -35 * abs(total):
                        return log(2 * total / a) - mpf(N) / 2 * log(4 * pi) - N * log_scale
        x, digits = (2 / rho) ** a, 40
        while True:
            with mp.workdps(digits):
                total, k, largest, size = mpf(0), 1, mpf(0), inf
                while k < x or size > mpf(10) ** -35 * abs(total):
                    before = size
                    size = gamma(a * k / 2 + 1) * gamma((N + a * k) / 2) / factorial(k) * x**k
                    assert a < 1 or size < before, "the series of a > 1 does not reach so near"
                    total += (-1) ** (k + 1) * size * sin(pi * a * k / 2)
                    k, largest = k + 1, max(largest, size)
                if largest < mpf(10) ** (digits - 25) * abs(total):
                    return log(total) - (mpf(N) / 2 + 1) * log(pi) - N * (log(rho) + log_scale)
            digits *= 2


def text(value):
    return mp.nstr(value, 18) if value is not None else ""


print("# By families.py. family,three parameters,N,t,r,log_p,v_over_r,growth,conservative_v_over_r")
families = [
    Screened("poisson", "1.3", "1", "0"),
    Screened("yukawa", "1", "1", "1.3"),
    Screened("yukawa", "0.7", "1", "20"),
    Screened("pfgmpp", "1", "0.3", "0"),
    Screened("pfgmpp", "1", "2048", "0"),
    Screened("screened", "1", "0.3", "0.9"),
    Screened("screened", "1.7", "7.3", "2"),
    Screened("screened", "1", "128", "10"),
]
for f in families:
    for N in DIMS:
        for t in map(mpf, TIMES):
            for factor in map(mpf, FACTORS):
                r = mpf(mp.nstr(factor * f.scale(t) * sqrt(N), 6))
                # Quadratures take minutes in total; a few places of each family, to 15 digits.
                some = t == mpf("0.7") and factor in (mpf("0"), mpf("0.3"), mpf("3")) and f.m > 0 and N < 100
                with mp.workdps(30):
                    conservative = f.conservative(N, t, r) if some else None
                row = [f.log_p(N, t, r), f.v(N, t, r), f.growth(N, t, r), conservative]
                print(",".join([f.name, *f.row, str(N), mp.nstr(t, 6), mp.nstr(r, 6), *map(text, row)]), flush=True)
for f in [Telegraph("1.3", "0.8", "0"), Telegraph("1.5", "1", "1.1"), Telegraph("0.8", "1", "0.8"), Telegraph("40", "2", "39.9")]:
    for t in map(mpf, TIMES):
        for share in map(mpf, ["1e-6", "0.3", "0.9", "0.999999"]):
            x = mpf(float(mp.nstr(share * f.c * t, 12)))
            if f.w == 0:
                # The limit of w to 0: I_0 = 1, I_1/eta = 1/2.
                log_p = log(f.eps / (2 * f.c)) - f.eps * t
                row = [log_p, mpf(0), -f.m**2 / f.eps]
            else:
                row = f.values(t, x)
            print(",".join(["telegraph", *f.row, "1", mp.nstr(t, 6), mp.nstr(x, 12), *map(text, row), ""]), flush=True)
for f in map(Stable, ["0.01", "0.7", "1.5", "1.999999"]):
    for N in DIMS:
        for t in map(mpf, TIMES):
            for r in map(mpf, ["0", "0.03", "1", "30", "1e6"]):
                # Where series need thousands of digits.
                rho = r / t ** (1 / f.a)
                if 0 < rho and (f.a > 1 and 12 < rho < 40 or f.a < 1 and (2 / rho) ** f.a > 8):
                    continue
                row = [f.log_p(N, t, r), 1 / (f.a * t), mpf(0)]
                print(",".join([f.name, *f.row, str(N), mp.nstr(t, 6), mp.nstr(r, 6), *map(text, row), ""]), flush=True)
