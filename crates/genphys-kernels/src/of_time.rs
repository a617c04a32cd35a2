//! Functions of the time on the interval of an equation, and their derivatives and inverses.

use crate::error::KernelError;
use std::sync::Arc;

/// A function of the time.
pub(crate) type OfTime = Arc<dyn Fn(f64) -> f64 + Send + Sync>;

/// The times of an equation: data are put in at the start, and nothing is asked outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    start: f64,
    end: f64,
}

impl Default for Span {
    /// (0, ∞).
    fn default() -> Self {
        Self { start: 0.0, end: f64::INFINITY }
    }
}

impl Span {
    /// From `start` to `end`, which may be infinite.
    ///
    /// # Errors
    /// Unless the start is finite and the end lies behind it.
    pub fn new(start: f64, end: f64) -> Result<Self, KernelError> {
        if start.is_finite() && end > start {
            return Ok(Self { start, end });
        }
        Err(KernelError { kernel: "Span", parameter: "end", expected: "later than a finite start", found: end })
    }

    /// A time inside: `share` of a finite interval, or so long after the start.
    pub(crate) fn at(self, share: f64) -> f64 {
        if self.end.is_finite() { self.start + share * (self.end - self.start) } else { self.start + share }
    }

    /// Times at which a clock must grow: early, in the middle, late.
    pub(crate) fn probes(self) -> [f64; 4] {
        [1e-3, 0.1, 0.5, 0.9].map(|share| self.at(share))
    }

    /// The derivative of a function inside, by differences of fourth order that do not leave the interval: central
    /// ones, and at the very end backward ones.
    pub(crate) fn derivative(self, f: impl Fn(f64) -> f64, t: f64) -> f64 {
        self.difference(&f, t, 1e-3)
    }

    /// A bound on what is wrong with [`derivative`](Self::derivative), as far as its difference from one with twice the
    /// steps tells, which is fifteen times as far away, and on its rounding.
    pub(crate) fn derivative_error(self, f: impl Fn(f64) -> f64, t: f64) -> f64 {
        let (fine, coarse) = (self.difference(&f, t, 1e-3), self.difference(&f, t, 2e-3));
        let shortest = (t - self.start).min(if self.end > t { self.end - t } else { f64::INFINITY });
        (fine - coarse).abs() + 2e3 * f64::EPSILON * (f(t).abs() + fine.abs() * t.abs()) / shortest
    }

    /// Differences over steps of a `share` of the way to the nearest end.
    fn difference(self, f: &impl Fn(f64) -> f64, t: f64, share: f64) -> f64 {
        let (past, left) = (t - self.start, self.end - t);
        if left > 0.0 {
            let h = share * past.min(left);
            return (8.0 * (f(t + h) - f(t - h)) - (f(t + 2.0 * h) - f(t - 2.0 * h))) / (12.0 * h);
        }
        let h = share * past;
        let back = |n: f64| f(t - n * h);
        (25.0 * f(t) - 48.0 * back(1.0) + 36.0 * back(2.0) - 16.0 * back(3.0) + 3.0 * back(4.0)) / (12.0 * h)
    }

    /// The least and the largest u that are told apart from the ends of the time.
    pub(crate) fn places(self) -> (f64, f64) {
        (-80.0, if self.end.is_finite() { 36.0 } else { 80.0 })
    }

    /// The inverse of [`after`](Self::after).
    pub(crate) fn place(self, t: f64) -> f64 {
        let past = t - self.start;
        if self.end.is_finite() { (past / (self.end - t)).ln() } else { past.ln() }
    }

    /// How long it is since the start.
    pub(crate) fn past(self, u: f64) -> f64 {
        let x = u.exp();
        if self.end.is_finite() { (self.end - self.start) * (x / (1.0 + x)) } else { x }
    }

    /// d/du of the time.
    pub(crate) fn pace(self, u: f64) -> f64 {
        let x = u.exp();
        if self.end.is_finite() { (self.end - self.start) * (x / (1.0 + x).powi(2)) } else { x }
    }

    /// How much larger the time itself is than what is left of it, or what has passed, at u: how many times its rounding
    /// counts there.
    pub(crate) fn cancelled(self, u: f64) -> f64 {
        let t = self.after(u).abs();
        let near = if self.end.is_finite() { self.past(u).min(self.past(-u)) } else { self.past(u) };
        t / near
    }

    /// The time e^u after the start; in a finite interval its share e^u/(1 + e^u).
    pub(crate) fn after(self, u: f64) -> f64 {
        let x = u.exp();
        if self.end.is_finite() { self.start + (self.end - self.start) * (x / (1.0 + x)) } else { self.start + x }
    }

    /// The time at which a growing function reaches `value`, between e⁻⁸⁰ and e⁸⁰ after the start; what is not a number
    /// counts as large.
    ///
    /// By the secant method on logarithms, which is exact at once for powers of the time, inside a bracket that is
    /// halved where the secant leaves it.
    pub(crate) fn inverse(self, f: impl Fn(f64) -> f64, value: f64) -> f64 {
        /// Steps after which only halving is left.
        const SECANTS: u32 = 40;
        let excess = |u: f64| {
            let now = f(self.after(u));
            if now.is_nan() { f64::INFINITY } else { (now / value).ln() }
        };
        let (mut low, mut high) = (-80.0f64, 80.0f64);
        let (mut u, mut before) = (0.0, None);
        for step in 0..SECANTS + 60 {
            let now = excess(u);
            if now < 0.0 {
                low = u
            } else {
                high = u
            }
            let slope = before.map_or(1.0, |(v, then): (f64, f64)| (now - then) / (u - v));
            let secant = u - now / slope;
            let inside = step < SECANTS && secant > low && secant < high;
            let next = if inside { secant } else { 0.5 * (low + high) };
            if now == 0.0 || (next - u).abs() <= 1e-15 * (1.0 + u.abs()) {
                return self.after(if now == 0.0 { u } else { next });
            }
            before = Some((u, now));
            u = next;
        }
        self.after(u)
    }
}

/// That a function grows from about zero: positive inside, and larger soon than at first.
pub(crate) fn check(
    span: Span,
    f: &impl Fn(f64) -> f64,
    kernel: &'static str,
    parameter: &'static str,
) -> Result<(), KernelError> {
    let [first, soon, ..] = span.probes().map(f);
    let positive = span.probes().into_iter().map(f).find(|value| value.is_nan() || *value <= 0.0);
    match positive {
        None if soon > first => Ok(()),
        _ => {
            let expected = if positive.is_some_and(f64::is_nan) {
                "a number at all times (where its formula is 0/0, set parameters a little beside these)"
            } else {
                "a function that grows from zero at the start and stays positive"
            };
            Err(KernelError { kernel, parameter, expected, found: positive.unwrap_or(first) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inverse(f: impl Fn(f64) -> f64, value: f64) -> f64 {
        Span::default().inverse(f, value)
    }

    #[test]
    fn inverses_of_powers_saturating_and_diverging_functions() {
        type Case = (&'static str, fn(f64) -> f64);
        let cases: [Case; 6] = [
            ("power", |t| 3.0 * t * t),
            ("root", |t| t.sqrt()),
            ("exponential", |t| t.exp_m1()),
            ("saturating", |t| 1.0 - (-t).exp()),
            ("not a number from one on", |t| if t < 1.0 { -(1.0 - t).ln() } else { f64::NAN }),
            ("slow at first", |t| t.powi(5) / (1.0 + t.powi(4))),
        ];
        for (name, f) in cases {
            for t in [1e-9, 1e-3, 0.1, 0.7, 0.999] {
                let found = inverse(f, f(t));
                // As far as the function itself can tell times apart.
                let (error, noise) = ((f(found) / f(t) - 1.0).abs(), 4e-16 * (1.0 + t.abs()) / f(t).min(1.0));
                assert!(error < 1e-13 + noise, "{name} at {t}: {found}");
            }
        }
    }

    #[test]
    fn values_that_are_never_reached_give_the_ends() {
        assert!(inverse(|t| 1.0 - (-t).exp(), 2.0) > 1e34);
        assert!(inverse(|t| 1.0 + t, 0.5) < 1e-34);
        let finite = Span::new(1.0, 3.0).unwrap();
        assert_eq!(finite.inverse(|t| t - 1.0, 5.0), 3.0);
        assert!(finite.inverse(|t| t, 0.5) - 1.0 < 1e-15);
    }

    #[test]
    fn few_evaluations_are_enough() {
        use std::cell::Cell;
        let count = Cell::new(0);
        let f = |t: f64| {
            count.set(count.get() + 1);
            t * t + 0.1 * t
        };
        assert!((inverse(f, 42.0) / 6.430_933_574_725 - 1.0).abs() < 1e-9);
        assert!(count.get() < 12, "{}", count.get());
    }

    #[test]
    fn nothing_is_asked_outside_of_the_interval() {
        let span = Span::new(-0.5, 1.0).unwrap();
        let f = |t: f64| {
            assert!((-0.5..=1.0).contains(&t), "{t}");
            (t + 0.5).powi(2)
        };
        for t in [-0.4999, 0.0, 0.9999, 1.0] {
            assert!((span.derivative(f, t) / (2.0 * (t + 0.5)) - 1.0).abs() < 1e-9, "{t}");
            assert!((span.inverse(f, f(t)) - t).abs() < 1e-12, "{t}");
        }
        let _ = span.probes().map(f);
        assert!(Span::new(1.0, 1.0).is_err() && Span::new(f64::NEG_INFINITY, 0.0).is_err());
    }
}
