//! The integral of a rate over the time, by quadrature: a clock without a closed form.

use crate::of_time::{OfTime, Span};
use crate::quadrature::{NODES, rule, rule_error};

/// Relative error of a piece that is aimed at; far below the 1e-12 that is asked of the sum.
const PRECISION: f64 = 1e-14;

/// Pieces at most. Where a rate swings faster than they follow, the clock ends.
const MANY: usize = 20_000;

/// How often a piece is halved at most.
const DEPTH: u32 = 24;

/// Readings beyond which no process is followed.
const LARGE: f64 = 1e60;

/// The piece of the integral from one place to another, in the variable of [`Span::after`].
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: f64,
    /// The integral up to its start.
    before: f64,
}

/// ∫ rate from the start of the time, where a singularity of the rate must be integrable, and may run off at the end.
///
/// With the time e^u after the start, in a finite interval its share e^u/(1 + e^u), powers of the time at either end
/// become exponentials of u, which rules of Gauss and Kronrod on pieces follow to the last digits.
#[derive(Clone)]
pub(crate) struct Accumulated {
    span: Span,
    rate: OfTime,
    pieces: Vec<Piece>,
    /// Where the last piece ends, with the integral up to there.
    last: Piece,
    /// Whether that is the end of the time.
    complete: bool,
}

impl Accumulated {
    pub(crate) fn new(span: Span, rate: OfTime) -> Self {
        let (first, last) = span.places();
        let mut made = Self {
            pieces: Vec::new(),
            last: Piece { from: first, before: span.past(first) * rate(span.after(first)) },
            complete: false,
            span,
            rate,
        };
        if !made.last.before.is_finite() {
            // Singular at the start: what is integrable there adds nothing so soon.
            made.last.before = 0.0;
        }
        while made.last.from < last {
            let to = (made.last.from + 1.0).min(last);
            if made.pieces.len() > MANY || made.last.before > LARGE || !made.add(to, DEPTH) {
                return made;
            }
        }
        made.complete = true;
        made
    }

    /// Adds the piece up to `to`, in halves where one rule is not enough. Whether it has a value.
    fn add(&mut self, to: f64, depth: u32) -> bool {
        let (value, error) = self.over(self.last.from, to);
        let noise = 8.0 * f64::EPSILON * (1.0 + self.span.cancelled(to));
        let known = error <= value.abs() * PRECISION.max(noise) || error <= 1e-17 * self.last.before;
        if !value.is_finite() {
            return false;
        }
        if known || depth == 0 {
            self.pieces.push(self.last);
            self.last = Piece { from: to, before: self.last.before + value };
            return known || self.pieces.len() <= MANY;
        }
        let middle = 0.5 * (self.last.from + to);
        self.pieces.len() <= MANY && self.add(middle, depth - 1) && self.add(to, depth - 1)
    }

    /// The integral between two places, with its error.
    fn over(&self, from: f64, to: f64) -> (f64, f64) {
        let (mut kronrod, mut gauss, half) = (0.0, 0.0, 0.5 * (to - from));
        for i in 0..NODES {
            let (x, more, less) = rule(i);
            let u = from + half * (1.0 + x);
            let value = (self.rate)(self.span.after(u)) * self.span.pace(u);
            kronrod += more * value;
            gauss += less * value;
        }
        if kronrod == 0.0 {
            return (0.0, 0.0);
        }
        let value = half * kronrod;
        (value, value.abs() * rule_error((kronrod - gauss).abs() / kronrod.abs()))
    }

    /// The reading at a time; not a number where it is not known.
    pub(crate) fn at(&self, t: f64) -> f64 {
        let u = self.span.place(t);
        if u >= self.last.from {
            return if self.complete { self.last.before } else { f64::NAN };
        }
        match self.pieces.partition_point(|piece| piece.from <= u).checked_sub(1).and_then(|i| self.pieces.get(i)) {
            Some(piece) => piece.before + self.over(piece.from, u).0,
            None => self.span.past(u) * (self.rate)(t),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn accumulated(span: Span, rate: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Accumulated {
        Accumulated::new(span, Arc::new(rate))
    }

    #[test]
    fn integrals_with_closed_forms_come_out_to_twelve_digits() {
        type Case = (&'static str, Span, fn(f64) -> f64, fn(f64) -> f64);
        let (line, unit) = (Span::default(), Span::new(0.0, 1.0).unwrap());
        let late = Span::new(1.0, f64::INFINITY).unwrap();
        let cases: [Case; 8] = [
            ("constant", line, |_| 2.0, |t| 2.0 * t),
            ("root at the start", line, |t| 0.5 / t.sqrt(), f64::sqrt),
            ("falls", line, |t| (-t).exp(), |t| -(-t).exp_m1()),
            ("grows", line, f64::exp, f64::exp_m1),
            ("swings", line, |t| 1.0 + t.cos(), |t| t + t.sin()),
            ("runs off at the end", unit, |t| 1.0 / (1.0 - t), |t| -(-t).ln_1p()),
            ("flow matching", unit, |t| 2.0 * t / (1.0 - t).powi(3), |t| (t / (1.0 - t)).powi(2)),
            ("late", late, |t| 1.0 / t, |t| (t - 1.0).ln_1p()),
        ];
        for (name, span, rate, integral) in cases {
            let found = accumulated(span, rate);
            for share in [1e-9, 1e-3, 0.1, 0.5, 0.9, 0.99] {
                let t = span.at(if span == unit { share } else { 40.0 * share });
                let (found, expected) = (found.at(t), integral(t));
                // As far as the time itself tells how long it is since the start.
                let noise = 4e-16 * t / (t - span.at(0.0));
                assert!((found / expected - 1.0).abs() < 1e-12 + noise, "{name} at {t}: {found} {expected}");
            }
        }
    }

    #[test]
    fn ends_are_limits() {
        let unit = Span::new(0.0, 1.0).unwrap();
        assert!((accumulated(unit, |t| 3.0 * t * t).at(1.0) - 1.0).abs() < 1e-14);
        // Infinite at both ends, and integrable: the arcsine law.
        let arcsine = accumulated(unit, |t| 1.0 / (t * (1.0 - t)).sqrt());
        assert!((arcsine.at(1.0) / std::f64::consts::PI - 1.0).abs() < 1e-7, "{}", arcsine.at(1.0));
        assert!((arcsine.at(0.5) / std::f64::consts::FRAC_PI_2 - 1.0).abs() < 1e-12);
        // Beyond all numbers, or faster than is followed.
        assert!(accumulated(Span::default(), |t| (t * t).exp()).at(40.0).is_nan());
        assert!(accumulated(Span::default(), |t| t.sin().exp()).at(1e30).is_nan());
    }

    #[test]
    fn a_thousand_periods_of_an_integral_without_a_closed_form() {
        // The mean of e^{sin t} is the Bessel function I_0(1).
        let mean = 1.266_065_877_752_008_4;
        let found = accumulated(Span::default(), |t| t.sin().exp());
        let period = std::f64::consts::TAU;
        for periods in [1.0, 7.0, 1000.0] {
            assert!((found.at(periods * period) / (mean * periods * period) - 1.0).abs() < 1e-12, "{periods}");
        }
    }
}
