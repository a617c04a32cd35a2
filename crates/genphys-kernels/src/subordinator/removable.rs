//! Functions that are 0/0 at λ = 0 and analytic there all the same, such as √λ coth √λ or log(sinh √λ/√λ): close to 0
//! by their series, whose coefficients are Cauchy's integrals over a circle on which the formula is well conditioned.

use super::exponent::Analytic;
use num_complex::Complex64;
use std::f64::consts::TAU;
use std::sync::Arc;

/// Points on the circle.
const POINTS: usize = 128;
/// Coefficients that are used; inside of half the radius the others are below 2⁻⁴⁸.
const TERMS: usize = 48;
/// Radii that are tried, each a quarter of the one before.
const RADII: i32 = 12;
/// The share of the largest value up to which coefficients of negative powers, which an analytic function has not, are
/// rounding.
const ROUNDING: f64 = 1e-12;

/// The function itself where it has a value at 0, or where it is not analytic there.
pub(super) fn continued(function: Analytic) -> Analytic {
    if function(Complex64::new(0.0, 0.0)).re.is_finite() {
        return function;
    }
    let found =
        (0..RADII).map(|step| 4f64.powi(1 - step)).find_map(|radius| Some((radius, series(&function, radius)?)));
    let Some((radius, coefficients)) = found else { return function };
    Arc::new(move |lambda| {
        if lambda.norm() >= 0.5 * radius {
            return function(lambda);
        }
        let x = lambda / radius;
        coefficients.iter().rev().fold(Complex64::new(0.0, 0.0), |sum, c| sum * x + c)
    })
}

/// The coefficients of powers of λ/radius, which are real; `None` where others do not vanish.
fn series(function: &Analytic, radius: f64) -> Option<Vec<f64>> {
    let at = |j: usize| Complex64::from_polar(1.0, TAU * (j as f64 + 0.5) / POINTS as f64);
    let values: Vec<Complex64> = (0..POINTS).map(|j| function(at(j) * radius)).collect();
    let largest = values.iter().map(|value| value.norm()).fold(0.0, f64::max);
    if !largest.is_finite() {
        return None;
    }
    let coefficient = |power: i32| -> Complex64 {
        let sum: Complex64 = values.iter().enumerate().map(|(j, value)| value * at(j).powi(-power)).sum();
        sum / POINTS as f64
    };
    let (terms, half) = (TERMS as i32, POINTS as i32 / 2);
    // Powers that are not there, and those that the points take for others.
    let vanish = (-half..0).chain(half - 8..half).all(|power| coefficient(power).norm() <= ROUNDING * largest);
    let found: Vec<Complex64> = (0..terms).map(coefficient).collect();
    let real = found.iter().all(|c| c.im.abs() <= ROUNDING * largest);
    (vanish && real).then(|| found.iter().map(|c| c.re).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(function: impl Fn(Complex64) -> Complex64 + Send + Sync + 'static, lambda: f64) -> Complex64 {
        continued(Arc::new(function))(Complex64::new(lambda, 0.0))
    }

    /// As formulas with exponentials have them.
    fn coth(lambda: Complex64) -> Complex64 {
        let x = lambda.sqrt();
        x * (1.0 + (-2.0 * x).exp()) / (1.0 - (-2.0 * x).exp())
    }

    #[test]
    fn series_take_the_place_of_quotients_of_zeros() {
        // x coth x = 1 + λ/3 − λ²/45 + 2λ³/945 − …
        for lambda in [0.0f64, 1e-14, 1e-6, 1e-2] {
            let expected = 1.0 + lambda / 3.0 - lambda * lambda / 45.0 + 2.0 * lambda.powi(3) / 945.0;
            assert!((at(coth, lambda).re - expected).abs() < 2e-12 + lambda.powi(4), "{lambda}");
        }
        let root = 3f64.sqrt();
        assert!((at(coth, 3.0).re - root / root.tanh()).abs() < 1e-14);
        // The slope, by the complex step.
        let slope = continued(Arc::new(coth))(Complex64::new(1e-13, 1e-33)).im / 1e-33;
        assert!((slope - 1.0 / 3.0).abs() < 1e-12);
        let log = |lambda: Complex64| {
            let x = lambda.sqrt();
            x + ((1.0 - (-2.0 * x).exp()) / (2.0 * x)).ln()
        };
        assert!(at(log, 0.0).re.abs() < 1e-12 && (at(log, 1e-3).re - 1e-3 / 6.0 + 1e-6 / 180.0).abs() < 1e-11);
    }

    /// (e^λ − 1)/√λ ≈ √λ is 0/0 at 0 and has a branch there.
    #[test]
    fn what_is_not_analytic_stays_as_it_is() {
        assert!(at(|lambda| (lambda.exp() - 1.0) / lambda.sqrt(), 0.0).is_nan());
        assert_eq!(at(Complex64::sqrt, 1e-8), Complex64::new(1e-4, 0.0));
    }
}
