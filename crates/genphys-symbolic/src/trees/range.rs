//! The values that a parameter or the time may take.

use symbolica::domains::rational::Rational;

/// One end of a range and whether it belongs to it.
pub(crate) type Endpoint = Option<(Rational, bool)>;

/// The values a variable may take.
#[derive(Clone, Debug, Default)]
pub(crate) struct Range {
    pub(crate) lower: Endpoint,
    pub(crate) upper: Endpoint,
    pub(crate) excluded: Option<Rational>,
}

impl Range {
    pub(crate) fn positive() -> Self {
        Self { lower: Some((Rational::from(0), false)), ..Self::default() }
    }

    pub(crate) fn non_negative() -> Self {
        Self { lower: Some((Rational::from(0), true)), ..Self::default() }
    }

    /// Whether a value belongs to the range.
    pub(crate) fn contains(&self, value: f64) -> bool {
        let above =
            self.lower.as_ref().is_none_or(|(l, closed)| value > l.to_f64() || (*closed && value == l.to_f64()));
        let below =
            self.upper.as_ref().is_none_or(|(u, closed)| value < u.to_f64() || (*closed && value == u.to_f64()));
        above && below && self.excluded.as_ref().is_none_or(|x| value != x.to_f64())
    }
}
