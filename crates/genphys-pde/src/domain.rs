//! Domains and dimensions: what they contain and how they are written.

use crate::ast::{Bound, Dim, Domain, Interval, Number};
use crate::parser::{parse_dim, parse_domain};
use crate::pde::{Param, ParamDomain};
use std::fmt;
use std::str::FromStr;

impl Bound {
    /// The bound as a number, infinite where it is.
    pub fn to_f64(&self) -> f64 {
        match self {
            Self::MinusInfinity => f64::NEG_INFINITY,
            Self::Finite(number) => number.to_f64(),
            Self::Infinity => f64::INFINITY,
        }
    }
}

impl Interval {
    /// `(0, inf)`.
    pub fn positive() -> Self {
        let zero = Number { digits: "0".into(), exponent: 0, negative: false };
        Self { lower: Bound::Finite(zero), lower_closed: false, upper: Bound::Infinity, upper_closed: false }
    }

    /// Whether the value lies in it.
    pub fn contains(&self, value: f64) -> bool {
        let (lower, upper) = (self.lower.to_f64(), self.upper.to_f64());
        (lower < value || self.lower_closed && lower == value) && (value < upper || self.upper_closed && value == upper)
    }

    /// Whether no number lies in it.
    pub fn is_empty(&self) -> bool {
        let (lower, upper) = (self.lower.to_f64(), self.upper.to_f64());
        lower > upper || lower == upper && !(self.lower_closed && self.upper_closed && lower.is_finite())
    }
}

impl Domain {
    /// Whether the value lies in it. An infinite or undefined value lies in none.
    pub fn contains(&self, value: f64) -> bool {
        value.is_finite()
            && match self {
                Self::Unrestricted => true,
                Self::Greater(bound) => value > bound.to_f64(),
                Self::GreaterEqual(bound) => value >= bound.to_f64(),
                Self::Less(bound) => value < bound.to_f64(),
                Self::LessEqual(bound) => value <= bound.to_f64(),
                Self::NotEqual(bound) => value != bound.to_f64(),
                Self::Interval(interval) => interval.contains(value),
            }
    }
}

impl Dim {
    /// The dimensions between these two, or from `least` on, in their shortest form.
    pub fn between(least: u32, most: Option<u32>) -> Self {
        match (least, most) {
            (1, None) => Self::Any,
            (a, Some(b)) if a == b => Self::Exactly(a),
            (a, b) => Self::Range(a, b),
        }
    }

    /// The least and the largest dimension, if there is one.
    pub fn bounds(self) -> (u32, Option<u32>) {
        match self {
            Self::Any => (1, None),
            Self::Exactly(only) => (only, Some(only)),
            Self::Range(least, most) => (least, most),
        }
    }

    /// Whether the equation is meant for `n` space dimensions.
    pub fn contains(self, n: u32) -> bool {
        let (least, most) = self.bounds();
        n >= least && most.is_none_or(|most| n <= most)
    }
}

impl Param {
    /// The values it may take.
    pub fn declared(&self) -> ParamDomain {
        ParamDomain { complex: self.complex, domain: self.domain.clone() }
    }
}

/// As written; `real` or `complex` where no domain is declared.
impl fmt::Display for ParamDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.domain, self.complex) {
            (Domain::Unrestricted, true) => f.write_str("complex"),
            (domain, true) => write!(f, "complex {domain}"),
            (domain, false) => domain.fmt(f),
        }
    }
}

/// Why a text of a derivation is not what it should be, as a sentence.
type Refused = String;

impl FromStr for ParamDomain {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Self, Refused> {
        let (complex, domain) = match text.strip_prefix("complex") {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        let domain = match domain {
            "real" if !complex => Domain::Unrestricted,
            "" if complex => Domain::Unrestricted,
            written => parse_domain(written).ok_or_else(|| format!("`{text}` is no domain of a parameter"))?,
        };
        Ok(Self { complex, domain })
    }
}

impl FromStr for Dim {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Self, Refused> {
        parse_dim(text).ok_or_else(|| format!("`{text}` says no dimensions; write `any`, `2`, `1..3` or `2..`"))
    }
}

impl TryFrom<String> for ParamDomain {
    type Error = Refused;

    fn try_from(text: String) -> Result<Self, Refused> {
        text.parse()
    }
}

impl From<ParamDomain> for String {
    fn from(domain: ParamDomain) -> Self {
        domain.to_string()
    }
}

impl TryFrom<String> for Dim {
    type Error = Refused;

    fn try_from(text: String) -> Result<Self, Refused> {
        text.parse()
    }
}

impl From<Dim> for String {
    fn from(dim: Dim) -> Self {
        dim.to_string()
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MinusInfinity => f.write_str("-inf"),
            Self::Finite(number) => number.fmt(f),
            Self::Infinity => f.write_str("inf"),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = if self.lower_closed { '[' } else { '(' };
        let close = if self.upper_closed { ']' } else { ')' };
        write!(f, "{open}{}, {}{close}", self.lower, self.upper)
    }
}

/// As written (`> 0`, `in (0, 2]`); `real` for [`Domain::Unrestricted`].
impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unrestricted => f.write_str("real"),
            Self::Greater(bound) => write!(f, "> {bound}"),
            Self::GreaterEqual(bound) => write!(f, ">= {bound}"),
            Self::Less(bound) => write!(f, "< {bound}"),
            Self::LessEqual(bound) => write!(f, "<= {bound}"),
            Self::NotEqual(bound) => write!(f, "!= {bound}"),
            Self::Interval(interval) => write!(f, "in {interval}"),
        }
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Exactly(n) => n.fmt(f),
            Self::Range(lower, None) => write!(f, "{lower}.."),
            Self::Range(lower, Some(upper)) => write!(f, "{lower}..{upper}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::from_decimal(text).unwrap()
    }

    #[test]
    fn domains_contain_what_they_say() {
        assert!(!Domain::Greater(number("0")).contains(0.0));
        assert!(Domain::GreaterEqual(number("0")).contains(0.0));
        assert!(Domain::NotEqual(number("2")).contains(1.0) && !Domain::NotEqual(number("2")).contains(2.0));
        assert!(!Domain::Unrestricted.contains(f64::NAN) && !Domain::Unrestricted.contains(f64::INFINITY));
        let half_open = Interval {
            lower: Bound::Finite(number("0")),
            lower_closed: false,
            upper: Bound::Finite(number("2")),
            upper_closed: true,
        };
        assert!(half_open.contains(2.0) && !half_open.contains(0.0) && !half_open.is_empty());
        let point = Interval { lower: half_open.upper.clone(), lower_closed: true, ..half_open.clone() };
        assert!(point.contains(2.0) && !point.is_empty());
        assert!(Interval { lower_closed: false, ..point }.is_empty());
        assert_eq!(Domain::Interval(half_open).to_string(), "in (0, 2]");
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "> 0",
            ">= 0.5",
            "< -0.001",
            "<= 2",
            "!= 0",
            "in (0, 2]",
            "in [-inf, inf)",
            "real",
            "complex",
            "complex != 0",
        ] {
            assert_eq!(text.parse::<ParamDomain>().map(String::from).as_deref(), Ok(text));
        }
        for text in ["", "around 3", "in 0, 2", "in (0 2)", "> inf", "> x", "in (", "=> 1", "complex real", "> 0 > 1"] {
            assert!(text.parse::<ParamDomain>().is_err(), "{text}");
        }
        for text in ["any", "1", "4", "2..", "1..3"] {
            assert_eq!(text.parse::<Dim>().map(String::from).as_deref(), Ok(text));
        }
        for text in ["", "0", "3..1", "all", "1 2", "-1", "1..x"] {
            assert!(text.parse::<Dim>().is_err(), "{text}");
        }
        assert_eq!(Dim::between(1, None), Dim::Any);
        assert_eq!((Dim::between(2, Some(2)), Dim::between(2, None)), (Dim::Exactly(2), Dim::Range(2, None)));
    }

    #[test]
    fn dimensions_are_written_as_read() {
        assert_eq!(Dim::Range(2, None).to_string(), "2..");
        assert_eq!(Dim::Range(1, Some(3)).to_string(), "1..3");
        assert!(Dim::Range(2, None).contains(7) && !Dim::Range(2, None).contains(1) && !Dim::Any.contains(0));
    }
}
