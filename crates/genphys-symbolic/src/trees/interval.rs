//! Enclosures of expressions in the parameters over their declared domains: interval arithmetic on the syntax tree,
//! rounded outwards, so that a sign it reports is proved.

use crate::trees::range::Range;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};

/// All values lie in [lo, hi]; `nonzero` says that none of them is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Interval {
    pub(crate) lo: f64,
    pub(crate) hi: f64,
    pub(crate) nonzero: bool,
}

impl Interval {
    pub(crate) const REAL: Self = Self { lo: f64::NEG_INFINITY, hi: f64::INFINITY, nonzero: false };

    /// One value, which must be exact in `f64`.
    pub(crate) fn exactly(value: f64) -> Self {
        Self { lo: value, hi: value, nonzero: value != 0.0 }
    }

    /// One value, up to rounding.
    pub(crate) fn about(value: f64) -> Self {
        Self { lo: value.next_down(), hi: value.next_up(), nonzero: value != 0.0 }
    }

    /// [lo, hi] without further knowledge.
    pub(crate) fn between(lo: f64, hi: f64) -> Self {
        Self { lo, hi, nonzero: lo > 0.0 || hi < 0.0 }
    }

    /// What an enclosure says about the sign.
    pub(crate) fn sign(self) -> Range {
        let zero = Some((symbolica::domains::rational::Rational::from(0), !self.nonzero));
        if self.non_negative() {
            Range { lower: zero, ..Range::default() }
        } else if self.non_positive() {
            Range { upper: zero, ..Range::default() }
        } else {
            Range::default()
        }
    }

    /// The values of a variable.
    pub(crate) fn of_range(range: &Range) -> Self {
        let end = |end: &Option<(symbolica::domains::rational::Rational, bool)>, outwards: fn(f64) -> f64| {
            end.as_ref().map(|(value, _)| {
                let close = value.to_f64();
                if value.is_integer() { close } else { outwards(close) }
            })
        };
        let lo = end(&range.lower, f64::next_down).unwrap_or(f64::NEG_INFINITY);
        let hi = end(&range.upper, f64::next_up).unwrap_or(f64::INFINITY);
        let open_at_zero = |e: &Option<(symbolica::domains::rational::Rational, bool)>| {
            e.as_ref().is_some_and(|(value, closed)| value.is_zero() && !closed)
        };
        let excluded = range.excluded.as_ref().is_some_and(|x| x.is_zero());
        let nonzero = lo > 0.0 || hi < 0.0 || open_at_zero(&range.lower) || open_at_zero(&range.upper) || excluded;
        Self { lo, hi, nonzero }
    }

    pub(crate) fn non_negative(self) -> bool {
        self.lo >= 0.0
    }

    pub(crate) fn positive(self) -> bool {
        self.lo > 0.0 || (self.lo >= 0.0 && self.nonzero)
    }

    pub(crate) fn non_positive(self) -> bool {
        self.hi <= 0.0
    }

    fn checked(lo: f64, hi: f64) -> Self {
        if lo.is_nan() || hi.is_nan() { Self::REAL } else { Self::between(lo, hi) }
    }

    pub(crate) fn add(self, other: Self) -> Self {
        let (lo, hi) = (self.lo + other.lo, self.hi + other.hi);
        let mut sum = Self::checked(
            if exact_sum(self.lo, other.lo) { lo } else { lo.next_down() },
            if exact_sum(self.hi, other.hi) { hi } else { hi.next_up() },
        );
        // Rounding outwards must not lose that a sum of non-negative numbers is one.
        if self.lo >= 0.0 && other.lo >= 0.0 {
            sum.lo = sum.lo.max(self.lo.max(other.lo));
            sum.nonzero |= self.nonzero || other.nonzero;
        }
        if self.hi <= 0.0 && other.hi <= 0.0 {
            sum.hi = sum.hi.min(self.hi.min(other.hi));
            sum.nonzero |= self.nonzero || other.nonzero;
        }
        sum
    }

    pub(crate) fn neg(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo, nonzero: self.nonzero }
    }

    pub(crate) fn mul(self, other: Self) -> Self {
        let corners =
            [(self.lo, other.lo), (self.lo, other.hi), (self.hi, other.lo), (self.hi, other.hi)].map(|(x, y)| {
                let product = if x == 0.0 || y == 0.0 { 0.0 } else { x * y };
                let unbounded = x.is_infinite() || y.is_infinite();
                let exact = product == 0.0 || unbounded || x.mul_add(y, -product) == 0.0;
                if exact { (product, product) } else { (product.next_down(), product.next_up()) }
            });
        let lo = corners.iter().map(|c| c.0).fold(f64::INFINITY, f64::min);
        let hi = corners.iter().map(|c| c.1).fold(f64::NEG_INFINITY, f64::max);
        let mut result = Self::checked(lo, hi);
        if lo == 0.0 {
            result.lo = 0.0;
        }
        if hi == 0.0 {
            result.hi = 0.0;
        }
        result.nonzero = self.nonzero && other.nonzero;
        result
    }

    /// 1/x; all reals where x may change sign.
    pub(crate) fn inverse(self) -> Self {
        if self.lo >= 0.0 {
            let exact = |x: f64| (1.0 / x).mul_add(x, -1.0) == 0.0;
            let lo = 1.0 / self.hi;
            let hi = if self.lo == 0.0 { f64::INFINITY } else { 1.0 / self.lo };
            let mut result = Self::checked(
                if exact(self.hi) { lo } else { lo.next_down() },
                if self.lo == 0.0 || exact(self.lo) { hi } else { hi.next_up() },
            );
            result.lo = result.lo.max(0.0);
            result.nonzero = true;
            result
        } else if self.hi <= 0.0 {
            self.neg().inverse().neg()
        } else {
            Self { nonzero: true, ..Self::REAL }
        }
    }

    /// x^n for a whole n ≥ 0.
    fn whole_power(self, n: u32) -> Self {
        if n == 0 {
            return Self::exactly(1.0);
        }
        let mut result = (1..n).fold(self, |product, _| product.mul(self));
        if n.is_multiple_of(2) {
            result.lo = result.lo.max(0.0);
        }
        result.nonzero = self.nonzero;
        result
    }

    /// x^y for x ≥ 0.
    pub(crate) fn power(self, exponent: Self) -> Self {
        if self.lo < 0.0 {
            return Self::REAL;
        }
        let corners = [(self.lo, exponent.lo), (self.lo, exponent.hi), (self.hi, exponent.lo), (self.hi, exponent.hi)]
            .map(|(x, y)| (x.powf(y), if x == 1.0 { 0.0 } else { 1e-14 }));
        if corners.iter().any(|(c, _)| c.is_nan()) {
            return Self { lo: 0.0, hi: f64::INFINITY, nonzero: self.nonzero };
        }
        // Between the corners x^y passes through 1 where x = 1 or y = 0, which lies between them as well.
        let lo = corners.iter().map(|(c, slack)| c * (1.0 - slack)).fold(f64::INFINITY, f64::min);
        let hi = corners.iter().map(|(c, slack)| c * (1.0 + slack)).fold(0.0, f64::max);
        Self { lo: lo.max(0.0), hi, nonzero: self.nonzero }
    }

    /// `exact` says of an argument and its value that the value is not rounded.
    fn monotone(self, f: impl Fn(f64) -> f64, exact: impl Fn(f64, f64) -> bool) -> Self {
        let slack = |x: f64| 1e-15 * x.abs();
        let (lo, hi) = (f(self.lo), f(self.hi));
        Self::checked(
            if exact(self.lo, lo) { lo } else { (lo - slack(lo)).next_down() },
            if exact(self.hi, hi) { hi } else { (hi + slack(hi)).next_up() },
        )
    }

    /// The values of sin or cos: those at the ends, and ±1 where an extremum lies between them.
    fn circular(self, function: ScalarFunction) -> Self {
        // Beyond, the argument itself is known too badly.
        const FAR: f64 = 1e5;
        let (f, first): (fn(f64) -> f64, f64) = match function {
            ScalarFunction::Sin => (f64::sin, std::f64::consts::FRAC_PI_2),
            _ => (f64::cos, 0.0),
        };
        if self.lo < -FAR || self.hi > FAR {
            return Self::between(-1.0, 1.0);
        }
        let exact = |x: f64| x == 0.0;
        let (a, b) = (f(self.lo), f(self.hi));
        let slack = |x: f64, value: f64| if exact(x) { 0.0 } else { 1e-15 + 1e-15 * value.abs() };
        let (below, above) = (slack(self.lo, a), slack(self.hi, b));
        let mut lo = (a - below).min(b - above).max(-1.0);
        let mut hi = (a + below).max(b + above).min(1.0);
        // first + 2πn and first + π + 2πn.
        let reached = |from: f64| {
            let tau = std::f64::consts::TAU;
            ((self.lo - from) / tau - 1e-9).ceil() <= ((self.hi - from) / tau + 1e-9).floor()
        };
        if reached(first) {
            hi = 1.0;
        }
        if reached(first + std::f64::consts::PI) {
            lo = -1.0;
        }
        Self::between(lo, hi)
    }

    pub(crate) fn apply(self, function: ScalarFunction) -> Self {
        match function {
            ScalarFunction::Sqrt if self.lo >= 0.0 => {
                let mut root = self.monotone(f64::sqrt, |x, root| root.mul_add(root, -x) == 0.0);
                root.lo = root.lo.max(0.0);
                root.nonzero = self.nonzero;
                root
            }
            ScalarFunction::Exp => {
                let mut value = self.monotone(f64::exp, |x, _| x == 0.0);
                value.lo = value.lo.max(0.0);
                value.nonzero = true;
                value
            }
            ScalarFunction::Log if self.lo >= 0.0 => self.monotone(f64::ln, |x, _| x == 1.0),
            ScalarFunction::Sin | ScalarFunction::Cos => self.circular(function),
            _ => Self::REAL,
        }
    }
}

/// Whether a floating-point sum is the exact one (Knuth's two-sum).
fn exact_sum(a: f64, b: f64) -> bool {
    let sum = a + b;
    if sum.is_infinite() {
        return a.is_infinite() || b.is_infinite();
    }
    let from_a = sum - b;
    (a - from_a) + (b - (sum - from_a)) == 0.0
}

/// The enclosure of an expression without operators; `None` where it is not a real scalar.
pub(crate) fn enclose(expr: &Expr, of: &dyn Fn(&str) -> Option<Interval>) -> Option<Interval> {
    let both = |a, b| Some((enclose(a, of)?, enclose(b, of)?));
    Some(match &expr.kind {
        ExprKind::Number(n) => {
            let value = n.to_f64();
            // A number of few digits that is so close to a multiple of 1/1024 is one.
            let dyadic = n.digits.len() <= 12 && (value * 1024.0).fract() == 0.0;
            if (dyadic || value.fract() == 0.0) && value.abs() < 1e15 {
                Interval::exactly(value)
            } else {
                Interval::about(value)
            }
        }
        ExprKind::Pi => Interval::about(std::f64::consts::PI),
        ExprKind::Symbol(name) => of(name)?,
        ExprKind::Neg(a) => enclose(a, of)?.neg(),
        ExprKind::Add(a, b) => both(a, b).map(|(a, b)| a.add(b))?,
        ExprKind::Sub(a, b) => both(a, b).map(|(a, b)| a.add(b.neg()))?,
        ExprKind::Mul(a, b) if a == b => enclose(a, of)?.whole_power(2),
        ExprKind::Mul(a, b) => both(a, b).map(|(a, b)| a.mul(b))?,
        ExprKind::Div(a, b) => both(a, b).map(|(a, b)| a.mul(b.inverse()))?,
        ExprKind::Pow(a, b) => {
            let base = enclose(a, of)?;
            match crate::trees::exponents::constant_value(b)
                .filter(|v| v.is_integer())
                .and_then(|v| v.numerator().to_i64())
            {
                Some(n) if n.unsigned_abs() <= 64 => {
                    let magnitude = base.whole_power(u32::try_from(n.unsigned_abs()).ok()?);
                    if n < 0 { magnitude.inverse() } else { magnitude }
                }
                _ => base.power(enclose(b, of)?),
            }
        }
        ExprKind::Function { function, argument } => enclose(argument, of)?.apply(*function),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Interval {
        let names = |name: &str| match name {
            "m" => Some(Interval { lo: 0.0, hi: f64::INFINITY, nonzero: true }),
            "a" => Some(Interval::between(0.5, 2.0)),
            "b" => Some(Interval::REAL),
            _ => None,
        };
        enclose(&genphys_pde::parse_expression(text).unwrap(), &names).unwrap()
    }

    #[test]
    fn signs_are_proved_or_left_open() {
        assert!(of("m^2 + 1").positive());
        assert!(of("b^2").non_negative() && !of("b^2").positive());
        assert!(of("m*a/(1 + m)").positive());
        assert!(of("sqrt(m)*exp(-m)").positive());
        assert!(!of("m - a").non_negative());
        assert!(of("m^a").positive());
        assert!(of("-a").non_positive());
        assert!(of("1/m").positive());
    }

    #[test]
    fn enclosures_hold_the_value() {
        for (text, value) in [("a^0.3*3", 3.0 * 1.3_f64.powf(0.3)), ("exp(a) - log(a)", 1.3_f64.exp() - 1.3_f64.ln())] {
            let found = of(text);
            assert!(found.lo <= value && value <= found.hi, "{text}: {found:?}");
        }
    }
}
