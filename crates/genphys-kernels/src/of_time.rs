//! Functions of the time, and their derivatives and inverses.

use std::sync::Arc;

/// A function of the time.
pub(crate) type OfTime = Arc<dyn Fn(f64) -> f64 + Send + Sync>;

/// The derivative with respect to t > 0, by central differences of fourth order.
pub(crate) fn derivative(f: impl Fn(f64) -> f64, t: f64) -> f64 {
    let h = 1e-3 * t;
    (8.0 * (f(t + h) - f(t - h)) - (f(t + 2.0 * h) - f(t - 2.0 * h))) / (12.0 * h)
}

/// The time at which a growing function reaches `value`, by bisection; what is not a number counts as large.
pub(crate) fn inverse(f: impl Fn(f64) -> f64, value: f64) -> f64 {
    let (mut low, mut high) = (-80.0f64, 80.0f64);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if f(middle.exp()) < value { low = middle } else { high = middle }
    }
    (0.5 * (low + high)).exp()
}
