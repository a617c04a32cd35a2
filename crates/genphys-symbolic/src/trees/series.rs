//! Enclosures of f(k) near one end of (0, ∞), for every k beyond an edge at once: f(k) ∈ Σ c_i k^{p_i} with intervals
//! c_i, the leading power first. Sums keep the powers apart, so that leading terms that cancel exactly leave the next
//! one; functions are expanded about the leading term by Taylor's theorem to third order, with the remainder in the
//! last interval.

use crate::trees::exponents::constant_value;
use crate::trees::expression::{K, mentions};
use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use symbolica::domains::rational::Rational;

/// One end of (0, ∞).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// 0 < k ≤ edge < 1.
    Zero,
    /// k ≥ edge > 1.
    Infinity,
}

/// At most this many powers are kept apart.
const MOST_TERMS: usize = 5;

/// Terms (power, coefficient) by falling weight at the end; no term is 0.
#[derive(Clone, Debug)]
struct Series(Vec<Term>);

type Term = (Rational, Interval);

/// The end, the edge of the region, and how log k is enclosed.
#[derive(Clone, Copy)]
struct Region {
    end: End,
    edge: f64,
    log_as_power: bool,
}

/// Whether f > 0 for every k between the edge and the end of (0, ∞) is proved, for an f in `k` alone. The edge is below
/// 1 at 0 and above 1 at infinity.
pub(crate) fn positive(f: &Expr, end: End, edge: f64) -> bool {
    [true, false].into_iter().any(|log_as_power| {
        let region = Region { end, edge, log_as_power };
        region.series(f).is_some_and(|s| region.range(&s).positive())
    })
}

fn one() -> Interval {
    Interval::exactly(1.0)
}

/// The enclosure of a rational number.
fn number(value: &Rational) -> Interval {
    let close = value.to_f64();
    if (close * 1024.0).fract() == 0.0 && close.abs() < 1e9 && (value * &1024.into()).is_integer() {
        Interval::exactly(close)
    } else {
        Interval::about(close)
    }
}

impl Region {
    /// Whether k^p vanishes at the end.
    fn vanishes(self, p: &Rational) -> bool {
        !p.is_zero() && p.is_negative() == (self.end == End::Infinity)
    }

    /// k^p in the region.
    fn power_range(self, p: &Rational) -> Interval {
        if p.is_zero() {
            return one();
        }
        let at_edge = self.edge.powf(p.to_f64());
        if self.vanishes(p) {
            Interval { lo: 0.0, hi: at_edge * (1.0 + 1e-13), nonzero: true }
        } else {
            Interval { lo: at_edge * (1.0 - 1e-13), hi: f64::INFINITY, nonzero: true }
        }
    }

    /// Sorted, with equal powers added, exact zeros left out, and the weakest terms taken together.
    fn collect(self, mut terms: Vec<Term>) -> Series {
        terms.sort_by(|a, b| if self.end == End::Zero { a.0.cmp(&b.0) } else { b.0.cmp(&a.0) });
        let mut list: Vec<Term> = Vec::new();
        for (p, c) in terms {
            match list.last_mut() {
                Some((last, sum)) if *last == p => *sum = sum.add(c),
                _ => list.push((p, c)),
            }
        }
        list.retain(|(_, c)| !(c.lo == 0.0 && c.hi == 0.0));
        while list.len() > MOST_TERMS
            && let (Some((p, c)), Some((stronger, sum))) = (list.pop(), list.last_mut())
        {
            *sum = sum.add(c.mul(self.power_range(&(&p - &*stronger))));
        }
        Series(list)
    }

    fn constant(self, value: Interval) -> Series {
        self.collect(vec![(0.into(), value)])
    }

    fn add(self, a: Series, b: Series) -> Series {
        self.collect(a.0.into_iter().chain(b.0).collect())
    }

    fn scale(self, a: &Series, factor: Interval) -> Series {
        self.collect(a.0.iter().map(|(p, c)| (p.clone(), c.mul(factor))).collect())
    }

    fn mul(self, a: &Series, b: &Series) -> Series {
        let product = |(p, c): &Term| b.0.iter().map(|(q, d)| (p + q, c.mul(*d))).collect::<Vec<_>>();
        self.collect(a.0.iter().flat_map(product).collect())
    }

    /// All values of a series: its terms over the leading power, times that power.
    fn range(self, a: &Series) -> Interval {
        let Some((lead, _)) = a.0.first() else { return Interval::exactly(0.0) };
        let over = a.0.iter().map(|(p, c)| c.mul(self.power_range(&(p - lead))));
        over.reduce(Interval::add).unwrap_or(Interval::exactly(0.0)).mul(self.power_range(lead))
    }

    /// a = c k^p (1 + u) with u → 0 at the end: (c, p, u), and an enclosure of 1 + θu, 0 ≤ θ ≤ 1, that is positive.
    fn leading(self, a: &Series) -> Option<(Interval, Rational, Series, Interval)> {
        let ((p, c), rest) = a.0.split_first()?;
        if !(c.lo > 0.0 || c.hi < 0.0) {
            return None;
        }
        let inverse = c.inverse();
        let u = self.collect(rest.iter().map(|(q, d)| (q - p, d.mul(inverse))).collect());
        let around = one().add(self.with_zero(&u));
        (around.lo > 0.0).then(|| (*c, p.clone(), u, around))
    }

    /// All values of θu, 0 ≤ θ ≤ 1.
    fn with_zero(self, u: &Series) -> Interval {
        let range = self.range(u);
        Interval::between(range.lo.min(0.0), range.hi.max(0.0))
    }

    /// w_0 + w_1 u + w_2 u² + w_3 u³.
    fn expanded(self, u: &Series, weights: [Interval; 4]) -> Series {
        let mut power = self.constant(one());
        let mut sum = Series(Vec::new());
        for weight in weights {
            sum = self.add(sum, self.scale(&power, weight));
            power = self.mul(&power, u);
        }
        sum
    }

    /// a^r for a constant r.
    fn power(self, a: &Series, r: &Rational) -> Option<Series> {
        if r.is_integer() {
            let n = r.numerator().to_i64()?;
            if n.unsigned_abs() > 16 {
                return None;
            }
            let magnitude = (0..n.unsigned_abs()).fold(self.constant(one()), |product, _| self.mul(&product, a));
            return if n < 0 { self.of_leading(&magnitude, &(-1).into()) } else { Some(magnitude) };
        }
        self.of_leading(a, r)
    }

    /// (c k^p)^r (1 + u)^r, (1 + u)^r = 1 + r u + r(r − 1)/2 u² + r(r − 1)(r − 2)/6 (1 + θu)^{r−3} u³.
    fn of_leading(self, a: &Series, r: &Rational) -> Option<Series> {
        let (c, p, u, around) = self.leading(a)?;
        let lead = match (number(r), c.lo > 0.0) {
            (exponent, _) if exponent == Interval::exactly(-1.0) => c.inverse(),
            (exponent, true) if exponent == Interval::exactly(0.5) => c.apply(ScalarFunction::Sqrt),
            (exponent, true) => c.power(exponent),
            _ => return None,
        };
        let below = |n: i64| r - &Rational::from(n);
        let second = &(r * &below(1)) * &Rational::new(1, 2);
        let third = &(&second * &below(2)) * &Rational::new(1, 3);
        let remainder = number(&third).mul(around.power(number(&below(3))));
        let expanded = self.expanded(&u, [one(), number(r), number(&second), remainder]);
        Some(self.collect(expanded.0.into_iter().map(|(q, d)| (&q + &(&p * r), d.mul(lead))).collect()))
    }

    fn exp(self, a: &Series) -> Series {
        if let Some((p, c)) = a.0.first().filter(|(p, _)| !p.is_zero() && !self.vanishes(p)) {
            // e^{−c k^p} k^8 falls towards infinity where c p k^p ≥ 8.
            let at_edge = self.edge.powf(p.to_f64());
            if self.end == End::Infinity && a.0.len() == 1 && -c.hi * p.to_f64() * at_edge > 8.0 + 1e-9 {
                let top = Interval::between(c.hi * at_edge * (1.0 - 1e-12), c.hi * at_edge * (1.0 - 1e-12));
                let top = top.apply(ScalarFunction::Exp).hi * self.edge.powi(8) * (1.0 + 1e-12);
                return self.collect(vec![((-8).into(), Interval { lo: 0.0, hi: top, nonzero: true })]);
            }
            return self.constant(self.range(a).apply(ScalarFunction::Exp));
        }
        let (still, vanishing): (Vec<Term>, Vec<Term>) = a.0.iter().cloned().partition(|(p, _)| p.is_zero());
        let factor = still.first().map_or(one(), |(_, c)| c.apply(ScalarFunction::Exp));
        let v = Series(vanishing);
        // e^v = 1 + v + v²/2 + v³/6 e^{θv}.
        let remainder = self.with_zero(&v).apply(ScalarFunction::Exp).mul(number(&Rational::new(1, 6)));
        self.scale(&self.expanded(&v, [one(), one(), Interval::exactly(0.5), remainder]), factor)
    }

    fn log(self, a: &Series) -> Option<Series> {
        let (c, p, u, around) = self.leading(a)?;
        if c.lo <= 0.0 {
            return None;
        }
        // log(1 + u) = u − u²/2 + u³/3 (1 + θu)^{−3}.
        let remainder = around.mul(around).mul(around).inverse().mul(number(&Rational::new(1, 3)));
        let of_rest = self.expanded(&u, [Interval::exactly(0.0), one(), Interval::exactly(-0.5), remainder]);
        let of_k = if p.is_zero() {
            Series(Vec::new())
        } else if self.log_as_power {
            // |log k| k^{∓1/4} falls where |log k| ≥ 4.
            if self.edge.ln().abs() < 4.0 {
                return None;
            }
            let slow = Rational::new(if self.end == End::Zero { -1 } else { 1 }, 4);
            let most = self.edge.ln() * self.edge.powf(-slow.to_f64()) * (1.0 + 1e-13);
            self.collect(vec![(slow, Interval::between(most.min(0.0), most.max(0.0)).mul(number(&p)))])
        } else {
            let edge = self.edge.ln();
            let beyond = match self.end {
                End::Zero => Interval::between(f64::NEG_INFINITY, edge * (1.0 - 1e-13)),
                End::Infinity => Interval::between(edge * (1.0 - 1e-13), f64::INFINITY),
            };
            self.constant(beyond.mul(number(&p)))
        };
        Some(self.add(self.add(self.constant(c.apply(ScalarFunction::Log)), of_rest), of_k))
    }

    /// sin and cos; of what vanishes by Taylor's theorem, since the terms alternate and fall.
    fn circular(self, function: ScalarFunction, a: &Series) -> Series {
        let range = self.range(a);
        let size = range.lo.abs().max(range.hi.abs());
        let square = self.mul(a, a);
        if a.0.iter().any(|(p, _)| !self.vanishes(p)) || size > 1.0 {
            return self.constant(range.apply(function));
        }
        // sin v = v (1 − v²/6 + v⁴/120 [1 − v²/42, 1]), cos v = 1 − v²/2 + v⁴/24 [1 − v²/30, 1].
        let (first, second, next) = if function == ScalarFunction::Sin { (6, 120, 42.0) } else { (2, 24, 30.0) };
        let last =
            Interval::between((1.0 - size * size / next).next_down(), 1.0).mul(number(&Rational::new(1, second)));
        let weights = [one(), number(&Rational::new(-1, first)), last, Interval::exactly(0.0)];
        let even = self.expanded(&square, weights);
        if function == ScalarFunction::Sin { self.mul(a, &even) } else { even }
    }

    fn series(self, e: &Expr) -> Option<Series> {
        let of = |x: &Expr| self.series(x);
        if !mentions(e, K) {
            return enclose(e, &|_| None).map(|value| self.constant(value));
        }
        let minus = Interval::exactly(-1.0);
        match &e.kind {
            ExprKind::Symbol(_) => Some(Series(vec![(1.into(), one())])),
            ExprKind::Neg(a) => Some(self.scale(&of(a)?, minus)),
            ExprKind::Add(a, b) => Some(self.add(of(a)?, of(b)?)),
            ExprKind::Sub(a, b) => Some(self.add(of(a)?, self.scale(&of(b)?, minus))),
            ExprKind::Mul(a, b) => Some(self.mul(&of(a)?, &of(b)?)),
            ExprKind::Div(a, b) => Some(self.mul(&of(a)?, &self.of_leading(&of(b)?, &(-1).into())?)),
            ExprKind::Pow(a, b) => self.power(&of(a)?, &constant_value(b)?),
            ExprKind::Function { function, argument } => {
                let a = of(argument)?;
                match function {
                    ScalarFunction::Sqrt => self.power(&a, &Rational::new(1, 2)),
                    ScalarFunction::Exp => Some(self.exp(&a)),
                    ScalarFunction::Log => self.log(&a),
                    ScalarFunction::Sin | ScalarFunction::Cos => Some(self.circular(*function, &a)),
                }
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{End, positive};

    fn at_zero(text: &str) -> bool {
        positive(&genphys_pde::parse_expression(text).unwrap(), End::Zero, 1.0 / 64.0)
    }

    fn at_infinity(text: &str) -> bool {
        positive(&genphys_pde::parse_expression(text).unwrap(), End::Infinity, 256.0)
    }

    #[test]
    fn leading_terms_at_zero() {
        for text in [
            "k^2 - 0.5*(1 - exp(-k^2))",
            "k^2 - (1 - exp(-k^2))",
            "1 - sin(k)/k",
            "k^2 + 1 - cos(k)",
            "sqrt(k^2 + k^4)",
            "k*log(1 + k)",
            "k - log(1 + k^2)",
            "k^1.5 - 2*(1 - cos(k))",
            "k - sin(k)",
            "log(1 + log(1 + k^2))",
            "k^0.5 - k^2*log(k)",
            "1 - exp(-1/k)",
        ] {
            assert!(at_zero(text), "{text}");
        }
        for text in ["k^2 - 2*(1 - exp(-k^2))", "sin(k) - k", "k^2 - k", "1 - 1", "k^4 - k^4", "sin(1/k)"] {
            assert!(!at_zero(text), "{text}");
        }
    }

    #[test]
    fn leading_terms_at_infinity() {
        for text in [
            "k - log(1 + k^2)",
            "sqrt(1 + k^2) - k",
            "k - 0.5*k*sin(k)",
            "1 - exp(-k)",
            "k^1.5 - 3*(1 - cos(k))",
            "log(1 + k^2) - 2",
            "k^2/(1 + k^2) - 0.9",
            "(1 + k^2)^0.75 - 1 - k",
        ] {
            assert!(at_infinity(text), "{text}");
        }
        for text in ["k - sqrt(1 + k^2)", "log(k) - k", "1 + sin(k)", "cos(k)", "k^2 - exp(k)"] {
            assert!(!at_infinity(text), "{text}");
        }
    }
}
