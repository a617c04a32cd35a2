//! What is known of the values of a variable: an interval of real numbers with rational ends.

use genphys_pde::ast::{Bound, Domain, Interval, Number};
use num_rational::BigRational;
use num_traits::{Signed, Zero};

/// An end of a [`Range`], and whether it belongs to it.
pub(crate) type Endpoint = Option<(BigRational, bool)>;

/// Real numbers between two ends; an absent end is infinite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) lower: Endpoint,
    pub(crate) upper: Endpoint,
    /// A value that is not taken.
    pub(crate) excluded: Option<BigRational>,
}

/// The exact value of a decimal number.
pub(crate) fn rational(number: &Number) -> Option<BigRational> {
    let (top, bottom) = number.ratio();
    Some(BigRational::new(top.parse().ok()?, bottom.parse().ok()?))
}

impl Range {
    /// All real numbers.
    pub(crate) fn real() -> Self {
        Self::default()
    }

    /// (0, ∞).
    pub(crate) fn positive() -> Self {
        Self::from(BigRational::zero(), false)
    }

    /// [0, ∞).
    pub(crate) fn nonnegative() -> Self {
        Self::from(BigRational::zero(), true)
    }

    /// From a number to infinity.
    pub(crate) fn from(lower: BigRational, closed: bool) -> Self {
        Self { lower: Some((lower, closed)), ..Self::default() }
    }

    /// A closed interval.
    pub(crate) fn between(lower: BigRational, upper: BigRational) -> Self {
        Self { lower: Some((lower, true)), upper: Some((upper, true)), excluded: None }
    }

    /// One number.
    pub(crate) fn point(value: BigRational) -> Self {
        Self::between(value.clone(), value)
    }

    pub(crate) fn of_interval(interval: &Interval) -> Option<Self> {
        let end = |bound: &Bound, closed: bool| match bound {
            Bound::Finite(n) => Some(Some((rational(n)?, closed))),
            Bound::Infinity | Bound::MinusInfinity => Some(None),
        };
        let lower = end(&interval.lower, interval.lower_closed)?;
        let upper = end(&interval.upper, interval.upper_closed)?;
        Some(Self { lower, upper, excluded: None })
    }

    pub(crate) fn of_domain(domain: &Domain) -> Option<Self> {
        Some(match domain {
            Domain::Unrestricted => Self::real(),
            Domain::Greater(n) => Self::from(rational(n)?, false),
            Domain::GreaterEqual(n) => Self::from(rational(n)?, true),
            Domain::Less(n) => Self { upper: Some((rational(n)?, false)), ..Self::default() },
            Domain::LessEqual(n) => Self { upper: Some((rational(n)?, true)), ..Self::default() },
            Domain::NotEqual(n) => Self { excluded: Some(rational(n)?), ..Self::default() },
            Domain::Interval(interval) => Self::of_interval(interval)?,
        })
    }

    pub(crate) fn is_positive(&self) -> bool {
        self.lower
            .as_ref()
            .is_some_and(|(x, closed)| x.is_positive() || x.is_zero() && (!closed || self.without_zero()))
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.negated().is_positive()
    }

    pub(crate) fn is_nonnegative(&self) -> bool {
        self.lower.as_ref().is_some_and(|(x, _)| !x.is_negative())
    }

    fn without_zero(&self) -> bool {
        self.excluded.as_ref().is_some_and(Zero::is_zero)
    }

    /// Whether 0 is no value.
    pub(crate) fn is_nonzero(&self) -> bool {
        self.is_positive() || self.is_negative() || self.without_zero()
    }

    /// Whether a number is a possible value.
    pub(crate) fn contains(&self, value: &BigRational) -> bool {
        self.lower.as_ref().is_none_or(|(x, closed)| x < value || *closed && x == value)
            && self.upper.as_ref().is_none_or(|(x, closed)| x > value || *closed && x == value)
            && self.excluded.as_ref() != Some(value)
    }

    /// Whether a number lies strictly between the ends.
    pub(crate) fn contains_inside(&self, value: &BigRational) -> bool {
        self.lower.as_ref().is_none_or(|(x, _)| x < value) && self.upper.as_ref().is_none_or(|(x, _)| x > value)
    }

    pub(crate) fn negated(&self) -> Self {
        let turned = |end: &Endpoint| end.as_ref().map(|(x, closed)| (-x, *closed));
        Self { lower: turned(&self.upper), upper: turned(&self.lower), excluded: self.excluded.as_ref().map(|x| -x) }
    }

    /// The sums of a value of each.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        let sum = |a: &Endpoint, b: &Endpoint| match (a, b) {
            (Some((x, c)), Some((y, d))) => Some((x + y, *c && *d)),
            _ => None,
        };
        Self { lower: sum(&self.lower, &other.lower), upper: sum(&self.upper, &other.upper), excluded: None }
    }

    /// A multiple of every value.
    pub(crate) fn scaled(&self, factor: &BigRational) -> Self {
        if factor.is_zero() {
            return Self::point(BigRational::zero());
        }
        let times = |end: &Endpoint| end.as_ref().map(|(x, closed)| (x * factor, *closed));
        let whole = Self {
            lower: times(&self.lower),
            upper: times(&self.upper),
            excluded: self.excluded.as_ref().map(|x| x * factor),
        };
        if factor.is_negative() { Self { lower: whole.upper, upper: whole.lower, ..whole } } else { whole }
    }

    /// The products of a value of each; exact for two that are not negative, and all numbers where signs differ.
    pub(crate) fn times(&self, other: &Self) -> Self {
        if self.is_nonnegative() && other.is_nonnegative() {
            let lower = match (&self.lower, &other.lower) {
                (Some((x, c)), Some((y, d))) => {
                    let (strict, product) = (self.is_positive() && other.is_positive(), x * y);
                    let closed = if product.is_zero() { !strict } else { *c && *d };
                    Some((product, closed))
                }
                _ => None,
            };
            let upper = match (&self.upper, &other.upper) {
                (Some((x, c)), Some((y, d))) => Some((x * y, *c && *d)),
                _ => None,
            };
            return Self { lower, upper, excluded: None };
        }
        let (minus, other_minus) = (self.negated(), other.negated());
        if minus.is_nonnegative() && other.is_nonnegative() {
            return minus.times(other).negated();
        }
        if other_minus.is_nonnegative() {
            return self.times(&other_minus).negated();
        }
        let excluded = (self.is_nonzero() && other.is_nonzero()).then(BigRational::zero);
        Self { excluded, ..Self::real() }
    }

    /// The powers of its values.
    pub(crate) fn pow(&self, exponent: u32) -> Self {
        let one = || Self::point(BigRational::from_integer(1.into()));
        let negative = self.negated();
        if self.is_nonnegative() || negative.is_nonnegative() {
            return (0..exponent).fold(one(), |power, _| power.times(self));
        }
        match exponent {
            0 => one(),
            1 => self.clone(),
            _ if exponent.is_multiple_of(2) => {
                if self.is_nonzero() {
                    Self::positive()
                } else {
                    Self::nonnegative()
                }
            }
            _ => Self { excluded: self.is_nonzero().then(BigRational::zero), ..Self::real() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Range;
    use num_rational::BigRational;

    fn r(n: i64) -> BigRational {
        BigRational::from_integer(n.into())
    }

    #[test]
    fn products_and_powers() {
        let unit = Range::between(r(0), r(1));
        assert_eq!(unit.times(&unit), unit);
        assert!(Range::positive().times(&Range::positive()).is_positive());
        assert!(!Range::positive().times(&Range::nonnegative()).is_positive());
        assert!(Range::positive().times(&Range::positive().negated()).is_negative());
        assert!(Range::real().pow(2).is_nonnegative() && !Range::real().pow(2).is_positive());
        let apart = Range { excluded: Some(r(0)), ..Range::real() };
        assert!(apart.pow(2).is_positive() && apart.pow(3).is_nonzero());
        assert!(unit.scaled(&r(-2)).plus(&Range::point(r(2))).is_nonnegative());
        assert!(!unit.scaled(&r(-2)).plus(&Range::point(r(2))).is_positive());
    }
}
