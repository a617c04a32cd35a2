# ln p of E_b(-k^2 t^b) at t = 1 by inversion of the Laplace transform in t, s^(b-1) G(r; s^b) with the Green function G of
# q - lap in N dimensions (fixed Talbot contour, Abate and Valko 2004); N = 1 and 3 again by Wright's series; index = order in
# N = 1 by its closed form (Mainardi, Luchko, Pagnini 2001, equation 4.38).
from mpmath import mp, mpf, besselk, pi, exp, cot, rgamma, factorial, log, sqrt, sin, cos

mp.dps = 45


def bessel(nu, z):
    # Upward, where the recurrence is stable.
    low = nu - int(nu)
    here, above = besselk(low, z), besselk(low + 1, z)
    for step in range(int(nu)):
        here, above = above, here + 2 * (low + 1 + step) / z * above
    return here


def green(n, r, q):
    nu = mpf(n) / 2 - 1
    root = sqrt(q)
    return (2 * pi) ** (-mpf(n) / 2) * (root / r) ** nu * (bessel(nu, r * root) if nu > 0 else besselk(nu, r * root))


def talbot(transform, m):
    total = exp(2 * mpf(m) / 5) * transform(2 * mpf(m) / 5) / 2
    for k in range(1, m):
        theta = k * pi / m
        delta = 2 * mpf(k) * pi / 5 * (cot(theta) + 1j)
        gamma = (1 + 1j * theta * (1 + cot(theta) ** 2) - 1j * cot(theta)) * exp(delta)
        total += (gamma * transform(delta)).real
    return total * 2 / 5


def density(n, b, r):
    # Far out the terms cancel: more digits, and more of them, until two numbers of terms agree.
    for digits, terms in [(45, (40, 50)), (90, (90, 110)), (160, (160, 190))]:
        with mp.workdps(digits):
            few, more = (talbot(lambda s: s ** (b - 1) * green(n, r, s**b), m) for m in terms)
            if abs(few / more - 1) < mpf("1e-15"):
                return more
    raise ValueError((n, b, r, few, more))


def wright(nu, z, derivative=0):
    total, k = mpf(0), derivative
    while k < 900:
        total += (-1) ** k * z ** (k - derivative) / factorial(k - derivative) * rgamma(-nu * k + 1 - nu)
        k += 1
    return total


print("dim,index,order,r,log_p")
for b in ["0.2", "0.5", "0.9"]:
    for n in [1, 2, 3, 64, 3072]:
        for scale in ["1e-3", "1", "2"]:
            if (n, b, scale) == (3072, "0.9", "2"):
                continue  # e^-7500: beyond these digits
            # At the very number that is read back.
            order, r = mpf(b), mpf(float(mpf(scale) * sqrt(2 * mpf(n))))
            p = density(n, order, r)
            if n == 1 and r < 3:
                again = wright(order / 2, r) / 2
                assert abs(again / p - 1) < mpf("1e-14"), (b, n, scale, p, again)
            if n == 3 and r < 3:
                again = -wright(order / 2, r, 1) / (4 * pi * r)
                assert abs(again / p - 1) < mpf("1e-14"), (b, n, scale, p, again)
            print(f"{n},2,{b},{mp.nstr(r, 17)},{mp.nstr(log(p), 17)}", flush=True)
for b in ["0.3", "0.6", "0.9"]:
    for x in ["0.05", "1", "7"]:
        a, z = mpf(b), mpf(x)
        p = z ** (a - 1) * sin(pi * a / 2) / (1 + 2 * z**a * cos(pi * a / 2) + z ** (2 * a)) / pi
        print(f"1,{b},{b},{x},{mp.nstr(log(p), 17)}")
