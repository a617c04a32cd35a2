//! How a symbol behaves as |k| → ∞: its leading term on the scale k^a (log k)^b (log log k)^c (Hardy). The signs of
//! such terms say which branches grow without bound at short waves.

use crate::algebra::polynomial::monomials;
use crate::algebra::ring::{Meaning, Poly, SIGMA, coefficients};
use crate::equation::linear::Equation;
use crate::trees::exponents::constant_value;
use crate::trees::expression::{K, mentions};
use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use std::cmp::Ordering;
use symbolica::domains::rational::Rational;

/// Exponents of k, log k and log log k; the first that differs decides which is larger.
type Scale = [Rational; 3];

/// What is known about f(k) as k → ∞.
#[derive(Clone, Debug)]
enum Behaviour {
    /// f/scale tends to a limit that is not 0 and lies in the interval.
    Leading(Interval, Scale),
    /// |f|/scale stays bounded.
    Bounded(Scale),
}

/// Stands for "smaller than every power of k".
const BELOW_EVERY_POWER: i64 = -1_000_000;

fn scale(k: i64) -> Scale {
    [Rational::from(k), Rational::from(0), Rational::from(0)]
}

fn compare(a: &Scale, b: &Scale) -> Ordering {
    let order = |(x, y): (&Rational, &Rational)| {
        let difference = x - y;
        if difference.is_zero() {
            Ordering::Equal
        } else if difference.is_negative() {
            Ordering::Less
        } else {
            Ordering::Greater
        }
    };
    a.iter().zip(b).map(order).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

fn product(a: &Scale, b: &Scale) -> Scale {
    [&a[0] + &b[0], &a[1] + &b[1], &a[2] + &b[2]]
}

impl Behaviour {
    /// A limit that may be 0.
    fn constant(value: Interval) -> Self {
        if value.nonzero {
            Self::Leading(value, scale(0))
        } else if value.lo == 0.0 && value.hi == 0.0 {
            Self::Bounded(scale(BELOW_EVERY_POWER))
        } else {
            Self::Bounded(scale(0))
        }
    }

    fn scale(&self) -> &Scale {
        match self {
            Self::Leading(_, s) | Self::Bounded(s) => s,
        }
    }

    /// Whether f → 0.
    fn vanishes(&self) -> bool {
        compare(self.scale(), &scale(0)) == Ordering::Less
    }

    fn add(self, other: Self) -> Self {
        match (compare(self.scale(), other.scale()), self, other) {
            (Ordering::Greater, larger, _) | (Ordering::Less, _, larger) => larger,
            (_, Self::Leading(a, s), Self::Leading(b, _)) => {
                let sum = a.add(b);
                if sum.nonzero { Self::Leading(sum, s) } else { Self::Bounded(s) }
            }
            (_, a, _) => Self::Bounded(a.scale().clone()),
        }
    }

    fn neg(self) -> Self {
        match self {
            Self::Leading(c, s) => Self::Leading(c.neg(), s),
            bounded => bounded,
        }
    }

    fn mul(self, other: &Self) -> Self {
        let s = product(self.scale(), other.scale());
        match (self, other) {
            (Self::Leading(a, _), Self::Leading(b, _)) => Self::Leading(a.mul(*b), s),
            _ => Self::Bounded(s),
        }
    }

    fn inverse(self) -> Option<Self> {
        match self {
            Self::Leading(c, [a, b, d]) => Some(Self::Leading(c.inverse(), [a.neg(), b.neg(), d.neg()])),
            Self::Bounded(_) => None,
        }
    }

    fn whole_power(self, n: u32) -> Self {
        (0..n).fold(Self::constant(Interval::exactly(1.0)), |power, _| power.mul(&self))
    }

    /// f^p.
    fn power(self, p: &Rational) -> Option<Self> {
        if p.is_integer() {
            let n = u32::try_from(p.numerator().to_i64()?.unsigned_abs()).ok().filter(|n| *n <= 64)?;
            return if p.is_negative() { self.inverse().map(|f| f.whole_power(n)) } else { Some(self.whole_power(n)) };
        }
        let raised = |s: &Scale| [&s[0] * p, &s[1] * p, &s[2] * p];
        match self {
            Self::Leading(c, s) if c.positive() => {
                Some(Self::Leading(c.power(Interval::about(p.to_f64())), raised(&s)))
            }
            Self::Bounded(s) if !p.is_negative() => Some(Self::Bounded(raised(&s))),
            _ => None,
        }
    }

    fn exp(self) -> Option<Self> {
        let rises = |s: &Scale| !s[0].is_negative() && !s[0].is_zero();
        match self {
            f if f.vanishes() => Some(Self::constant(Interval::exactly(1.0))),
            Self::Leading(c, s) if compare(&s, &scale(0)).is_eq() => Some(Self::constant(exponential(c)?)),
            Self::Leading(c, s) if c.non_positive() && rises(&s) => Some(Self::Bounded(scale(BELOW_EVERY_POWER))),
            Self::Bounded(s) if compare(&s, &scale(0)).is_eq() => Some(Self::Bounded(s)),
            _ => None,
        }
    }

    fn log(self) -> Option<Self> {
        let Self::Leading(c, s) = self else { return None };
        if !c.positive() {
            return None;
        }
        match s.iter().position(|e| !e.is_zero()) {
            None => {
                let inside = |x: f64| {
                    if x > 0.0 { Interval::between(x.ln().next_down(), x.ln().next_up()) } else { Interval::REAL }
                };
                let (low, high) = (inside(c.lo), inside(c.hi));
                Some(Self::constant(Interval::between(low.lo.min(high.lo), high.hi.max(low.hi))))
            }
            Some(level) if level < 2 => {
                let mut risen = scale(0);
                risen[level + 1] = Rational::from(1);
                Some(Self::Leading(Interval::about(s[level].to_f64()), risen))
            }
            Some(_) => None,
        }
    }

    /// f > 0 for all large k, or f < 0.
    fn sign(&self) -> Option<Sign> {
        match self {
            Self::Leading(c, _) if c.positive() => Some(Sign::Positive),
            Self::Leading(c, _) if c.neg().positive() => Some(Sign::Negative),
            _ => None,
        }
    }
}

fn exponential(c: Interval) -> Option<Interval> {
    let (lo, hi) = (c.lo.exp() * (1.0 - 1e-15), c.hi.exp() * (1.0 + 1e-15));
    (lo.is_finite() && hi.is_finite()).then_some(Interval { lo, hi, nonzero: true })
}

/// The behaviour of an expression in `k` with parameters enclosed by `names`.
fn behaviour(e: &Expr, names: &dyn Fn(&str) -> Option<Interval>) -> Option<Behaviour> {
    let of = |x: &Expr| behaviour(x, names);
    if !mentions(e, K) {
        return enclose(e, names).map(Behaviour::constant);
    }
    match &e.kind {
        ExprKind::Symbol(_) => Some(Behaviour::Leading(Interval::exactly(1.0), scale(1))),
        ExprKind::Neg(a) => Some(of(a)?.neg()),
        ExprKind::Add(a, b) => Some(of(a)?.add(of(b)?)),
        ExprKind::Sub(a, b) => Some(of(a)?.add(of(b)?.neg())),
        ExprKind::Mul(a, b) => Some(of(a)?.mul(&of(b)?)),
        ExprKind::Div(a, b) => Some(of(a)?.mul(&of(b)?.inverse()?)),
        ExprKind::Pow(a, b) => of(a)?.power(&constant_value(b)?),
        ExprKind::Function { function, argument } => {
            let inner = of(argument)?;
            match function {
                ScalarFunction::Sqrt => inner.power(&Rational::new(1, 2)),
                ScalarFunction::Exp => inner.exp(),
                ScalarFunction::Log => inner.log(),
                ScalarFunction::Sin if inner.vanishes() => Some(inner),
                ScalarFunction::Cos if inner.vanishes() => Some(Behaviour::constant(Interval::exactly(1.0))),
                ScalarFunction::Sin | ScalarFunction::Cos => Some(Behaviour::Bounded(scale(0))),
            }
        }
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Positive,
    Negative,
}

/// The sign of a polynomial in |k|, its multipliers and σ for all large σ and, given σ, all large |k|; `None` where it
/// depends on parameters or is not known.
pub(crate) fn sign_at_infinity(eq: &Equation, poly: &Poly) -> Option<Sign> {
    let mut by_shift = Vec::new();
    for (part, _) in coefficients(poly, SIGMA).iter().filter(|(p, _)| !p.is_zero()) {
        by_shift.push(leading_monomials(eq, part)?);
    }
    // The highest power of σ among the coefficients that grow fastest; the others must grow more slowly for sure.
    let top = by_shift.iter().map(|(scale, _)| scale).max_by(|a, b| compare(a, b))?;
    let (_, terms) = by_shift.iter().rfind(|(scale, _)| compare(scale, top).is_eq())?;
    // Signs of coefficients cost most, and are asked of these only.
    let weighted = terms.iter().map(|(coefficient, factors)| {
        factors.iter().fold(Behaviour::constant(weight(eq, coefficient)), Behaviour::mul)
    });
    weighted.reduce(Behaviour::add)?.sign()
}

/// Whether f(k) → 0 as k → ∞, for all parameter values.
pub(crate) fn fades(eq: &Equation, f: &Expr) -> bool {
    let names = |name: &str| crate::equation::symbol::enclosure(eq.pde, &eq.fixed, name);
    behaviour(f, &names).is_some_and(|b| compare(b.scale(), &scale(0)) == Ordering::Less)
}

/// A coefficient and the functions of |k| that it multiplies.
type Monomial = (Poly, Vec<Behaviour>);

/// The monomials that grow fastest, and on what scale.
fn leading_monomials(eq: &Equation, poly: &Poly) -> Option<(Scale, Vec<Monomial>)> {
    let names = |name: &str| crate::equation::symbol::enclosure(eq.pde, &eq.fixed, name);
    let variables = eq.ring.wave_variables();
    let (mut top, mut leading) = (scale(BELOW_EVERY_POWER), Vec::new());
    for (key, coefficient) in monomials(poly, &eq.ring) {
        let mut factors = Vec::new();
        for (variable, exponent) in variables.iter().zip(&key).filter(|(_, e)| **e > 0) {
            let factor = match &eq.ring.meanings[*variable] {
                Meaning::Radial => {
                    let mut s = scale(0);
                    s[0] = Rational::new(1, i64::from(eq.ring.root));
                    Behaviour::Leading(Interval::exactly(1.0), s)
                }
                Meaning::Multiplier { expr, .. } => behaviour(expr, &names)?,
                _ => return None,
            };
            factors.push(factor.whole_power(u32::from(*exponent)));
        }
        let here = factors.iter().fold(scale(0), |whole, factor| product(&whole, factor.scale()));
        match compare(&here, &top) {
            Ordering::Less => continue,
            Ordering::Greater => (top, leading) = (here, Vec::new()),
            Ordering::Equal => {}
        }
        leading.push((coefficient, factors));
    }
    Some((top, leading))
}

/// A coefficient in the parameters as an interval that says what its sign is.
fn weight(eq: &Equation, coefficient: &Poly) -> Interval {
    let open = Interval { lo: 0.0, hi: f64::INFINITY, nonzero: true };
    if coefficient.is_constant() {
        let value = coefficient.get_constant();
        return Interval { nonzero: !value.is_zero(), ..Interval::about(value.to_f64()) };
    }
    let signs = eq.oracle.signs(coefficient);
    if signs.always_positive() {
        open
    } else if signs.always_negative() {
        open.neg()
    } else {
        Interval::REAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leading(text: &str) -> Option<(f64, String)> {
        let names = |name: &str| (name == "a").then_some(Interval { lo: 0.0, hi: f64::INFINITY, nonzero: true });
        match behaviour(&genphys_pde::parse_expression(text).unwrap(), &names)? {
            Behaviour::Leading(c, [a, b, d]) => Some((0.5 * (c.lo + c.hi), format!("{a} {b} {d}"))),
            Behaviour::Bounded(_) => None,
        }
    }

    #[test]
    fn leading_terms_on_the_scale_of_powers_and_logarithms() {
        for (text, weight, scale) in [
            ("sqrt(4 + k^2) - 1", 1.0, "1 0 0"),
            ("1 - exp(-k^2)", 1.0, "0 0 0"),
            ("log(1 + k^2)", 2.0, "0 1 0"),
            ("log(1 + log(1 + k^2))", 1.0, "0 0 1"),
            ("k^4/(2 + 3*k^2)", 1.0 / 3.0, "2 0 0"),
            ("k^2*exp(-k) - 2*k", -2.0, "1 0 0"),
            ("k - cos(k)", 1.0, "1 0 0"),
            ("(1 + k^2)^0.75", 1.0, "3/2 0 0"),
            ("k*log(k) - 5*k", 1.0, "1 1 0"),
            ("sin(1/k)", 1.0, "-1 0 0"),
        ] {
            let (c, s) = leading(text).unwrap();
            assert!((c - weight).abs() < 1e-9 && s == scale, "{text}: {c}, {s}");
        }
        assert!(leading("sqrt(1 + k^2) - k").is_none() && leading("cos(k)").is_none() && leading("exp(k)").is_none());
        assert!(leading("k - a*k").is_none() && leading("k + a*k").is_some());
    }
}
