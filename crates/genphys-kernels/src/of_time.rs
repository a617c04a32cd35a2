//! Functions of the time, and their derivatives and inverses.

use std::sync::Arc;

/// A function of the time.
pub(crate) type OfTime = Arc<dyn Fn(f64) -> f64 + Send + Sync>;

/// The relative error of [`derivative`] for functions that vary over times of the order of t: 1e-13 of rounding, and more
/// of the fifth derivative.
pub(crate) const DERIVATIVE_ERROR: f64 = 1e-11;

/// The derivative with respect to t, by central differences of fourth order, over a small part of t.
pub(crate) fn derivative(f: impl Fn(f64) -> f64, t: f64) -> f64 {
    let h = if t == 0.0 { 1e-4 } else { 1e-3 * t.abs() };
    (8.0 * (f(t + h) - f(t - h)) - (f(t + 2.0 * h) - f(t - 2.0 * h))) / (12.0 * h)
}

/// The time at which a growing function reaches `value`, between e⁻⁸⁰ and e⁸⁰; what is not a number counts as large.
///
/// By the secant method on logarithms, which is exact at once for powers of the time, inside a bracket that is halved
/// where the secant leaves it.
pub(crate) fn inverse(f: impl Fn(f64) -> f64, value: f64) -> f64 {
    /// Steps after which only halving is left.
    const SECANTS: u32 = 40;
    let excess = |u: f64| {
        let now = f(u.exp());
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
            return if now == 0.0 { u.exp() } else { next.exp() };
        }
        before = Some((u, now));
        u = next;
    }
    u.exp()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
