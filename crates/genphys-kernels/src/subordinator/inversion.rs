//! Densities from Laplace transforms: the Euler algorithm of Abate and Whitt, *ORSA Journal on Computing* 7 (1995) 36,
//! on the tilted law.
//!
//! The algorithm integrates along a vertical line and is good to about 1e-9 of the density's own size there. To the
//! left of its bulk a density of positive jumps falls faster than any power; there the law is first tilted by e^{−λ₀u},
//! with λ₀ its saddle point, so that u lies in the bulk of the tilted law (Esscher), and the error is relative.

use super::LaplaceExponent;
use num_complex::Complex64;
use std::f64::consts::PI;

/// Width of the line: errors are of order e^{−A}.
const A: f64 = 20.0;

/// Terms that are averaged at the end.
const AVERAGED: usize = 14;

/// Binomial weights of the average.
const WEIGHTS: [f64; AVERAGED + 1] =
    [1.0, 14.0, 91.0, 364.0, 1001.0, 2002.0, 3003.0, 3432.0, 3003.0, 2002.0, 1001.0, 364.0, 91.0, 14.0, 1.0];

/// The law of the part C of the exponent at one time.
pub(super) struct Inverter<'a> {
    pub(super) exponent: &'a LaplaceExponent,
    pub(super) t: f64,
}

/// Least and largest number of terms before the average.
const FEW: usize = 24;
const MOST: usize = 4096;

/// Densities at one u > 0, as factors of `exp(log_scale)`.
pub(super) struct Densities {
    pub(super) log_scale: f64,
    /// f(u) of the law.
    pub(super) law: f64,
    /// −∂F(u)/∂t: how fast mass passes u.
    pub(super) passing: f64,
    /// F(u).
    pub(super) below: f64,
}

impl Inverter<'_> {
    /// The saddle point of e^{λu} e^{−tC(λ)} on the real axis, and the logarithm of its value there, which bounds F(u).
    pub(super) fn saddle(&self, u: f64) -> (f64, f64) {
        let lambda = self.exponent.lambda_of_slope(u / self.t);
        if lambda * u < 1.0 {
            return (0.0, 0.0);
        }
        (lambda, lambda * u - self.t * self.exponent.rest(Complex64::new(lambda, 0.0)).re)
    }

    /// Terms before the average: until the transform has died away, or turns so much slower than the signs alternate
    /// that the average converges. A narrow law needs many, because it turns as fast.
    fn terms(&self, u: f64, tilt: f64, base: f64) -> usize {
        let exponent = |k: usize| self.exponent.rest(Complex64::new(tilt + 0.5 * A / u, PI * k as f64 / u)) * self.t;
        let settled = |k: usize| {
            let here = exponent(k);
            here.re - base * self.t > 30.0 || (exponent(k + 1) - here).norm() < 0.3
        };
        let mut terms = FEW;
        while !settled(terms) && terms < MOST {
            terms += terms / 2;
        }
        terms
    }

    /// The densities at u.
    pub(super) fn at(&self, u: f64) -> Densities {
        let (tilt, log_scale) = self.saddle(u);
        let base = self.exponent.rest(Complex64::new(tilt, 0.0)).re;
        let term = |k: usize| {
            let lambda = Complex64::new(tilt + 0.5 * A / u, PI * k as f64 / u);
            let exponent = self.exponent.rest(lambda);
            let law = (-(exponent - base) * self.t).exp();
            let below = law / lambda;
            [law.re, (exponent * below).re, below.re]
        };
        let terms = self.terms(u, tilt, base);
        let mut sums = term(0).map(|value| 0.5 * value);
        let mut average = [0.0; 3];
        for k in 1..=terms + AVERAGED {
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            for (sum, value) in sums.iter_mut().zip(term(k)) {
                *sum += sign * value;
            }
            if k >= terms {
                for (average, sum) in average.iter_mut().zip(sums) {
                    *average += WEIGHTS[k - terms] * sum;
                }
            }
        }
        let factor = (0.5 * A).exp() / u / f64::from(1u32 << AVERAGED);
        let [law, passing, below] = average.map(|value| value * factor);
        Densities { log_scale, law, passing, below }
    }
}
