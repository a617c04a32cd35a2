"""Clocks, scales and masses of kernels with their derivatives in time, in 80 digits: `python3 clocks.py > clocks.csv`.

Rows are text;parameters;t;value;derivative. The texts are of the kind that the engine writes for coefficients that depend on the
time, drifts and accumulated masses; parameters and times are such that digits cancel in them.
"""
from mpmath import mp, mpf, exp, log, sqrt, sin, cos, pi, diff

mp.dps = 80
SMALL = ["1e-12", "1e-8", "1e-4", "0.3", "0.99999999", "1.7"]
CASES = [
    # Ornstein-Uhlenbeck: in the moving frame, and its covariance.
    ("D*(exp(2*theta*t) - 1)/(2*theta)", ["D=0.3 theta=1e-9", "D=0.3 theta=-1e-9", "D=0.3 theta=1e-3", "D=2 theta=1"], SMALL),
    ("D/theta*(1 - exp(-2*theta*t))", ["D=0.3 theta=1e-9", "D=0.3 theta=-1e-15", "D=0.3 theta=0.5"], SMALL),
    # Variance preserving, and the sub-VP covariance, whose leading terms cancel twice.
    ("1 - exp(-beta*t)", ["beta=2", "beta=1e-10"], SMALL),
    ("(1 - exp(-beta*t))^2", ["beta=2", "beta=1e-10"], SMALL),
    ("1 - 2*exp(-beta*t) + exp(-2*beta*t)", ["beta=2", "beta=1e-10"], SMALL),
    ("exp(-4*beta*t)*(exp(2*beta*t) - 1)^2", ["beta=2"], SMALL),
    ("1 - exp(-(0.1*t + 19.9*t^2/2))", [""], SMALL),
    # Geometric schedules.
    ("s0^2*(R^(2*t) - 1)/2", ["s0=0.1 R=1.000000001", "s0=0.1 R=0.999999999999", "s0=0.1 R=50"], SMALL),
    ("(R^t - 1)/log(R)", ["R=1.000000001", "R=3"], SMALL),
    # Poles at an end, and logarithms.
    ("-log(1 - t)", [""], ["1e-12", "1e-8", "0.3", "0.999999999999", "0.999999999999999999"]),
    ("t/(1 - t)", [""], ["1e-12", "0.3", "0.999999999999", "0.999999999999999999"]),
    ("1/(1 - t) - 1", [""], ["1e-12", "0.3", "0.999999999999"]),
    ("log(1 + a*t)/a", ["a=1e-10", "a=-1e-10", "a=0.5"], SMALL),
    ("log(t/(2 - t))", [""], ["1.00000000001", "1.3", "1.999999999999"]),
    # Powers, and starts that are not zero.
    ("((1 + t)^(p + 1) - 1)/(p + 1)", ["p=1", "p=0.5", "p=-0.9999999999", "p=-3"], SMALL),
    ("t^(a + 1)/(a + 1)", ["a=0.5", "a=-0.99999999"], SMALL),
    ("t^2/2 - 1/2", [""], ["1.00000000000001", "1.5", "1e6"]),
    ("t^2/2 - (-1)^2/2", [""], ["-1.00000000000001", "2"]),
    ("2*(sqrt(1 + t) - 1)", [""], SMALL),
    ("sqrt(t + 1e10) - sqrt(1e10)", [""], SMALL),
    ("log(t) - log(1e3)", [""], ["1000.00000001", "1001"]),
    # Waves.
    ("1 - cos(t)", [""], SMALL),
    ("t + 2*sin(t)", [""], SMALL),
    ("t - sin(t)", [""], SMALL),
    ("-log(cos(pi*t/2))", [""], ["1e-9", "0.3", "0.99999999"]),
    ("(sin(pi*t/2)/cos(pi*t/2))^2", [""], ["1e-9", "0.3", "0.99999999"]),
    ("1/cos(pi*t/2)^2 - 1", [""], ["1e-9", "0.3", "0.99999999"]),
    # A walker's variance, of third order in the time.
    ("c^2*(t/b - (1 - exp(-2*b*t))/(2*b^2))", ["c=1 b=1", "c=1 b=1e-9"], SMALL),
    ("(exp(a*t) - exp(b*t))/(a - b)", ["a=1 b=1.0000000001", "a=-2 b=3"], SMALL),
    # Masses.
    ("-(exp(-g*t) - 1)*c", ["g=1e-9 c=3"], SMALL),
]


def value(text, params, t):
    scope = {"exp": exp, "log": log, "sqrt": sqrt, "sin": sin, "cos": cos, "pi": pi, "t": t}
    scope.update((name, mpf(number)) for name, number in (pair.split("=") for pair in params.split()))
    for name in ["1e10", "1e3", "0.1", "19.9"]:
        text = text.replace(name, f"mpf('{name}')") if name in text else text
    scope["mpf"] = mpf
    return eval(text.replace("^", "**").replace("1/2", "mpf(1)/2"), scope)


print("# clocks.py: expression;parameters;t;value;derivative in t")
for text, choices, times in CASES:
    for params in choices:
        for t in times:
            if "log(t/(2" in text and not 0 < mpf(t) < 2:
                continue
            found = value(text, params, mpf(t))
            mp.dps = 160
            # A step far below all scales: the difference is right to 50 digits.
            at, step = mpf(t), mpf(10) ** -60
            slope = (value(text, params, at + step) - value(text, params, at - step)) / (2 * step)
            mp.dps = 80
            print(";".join([text, params, t, mp.nstr(found, 25), mp.nstr(slope, 25)]))
