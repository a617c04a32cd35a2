//! Whether the law that is integrated is the one whose transform was given.
//!
//! Estimates of errors know of rounding and of rules, not of a function that was misjudged: a bulk looked for in the
//! wrong place, an edge that is none. So the integrals are tried on weights whose values are known. For any λ right of
//! the edge, and δ > 0,
//!
//! ∫ (e^{−λu} − e^{−(λ+δ)u}) f du = e^{−tC(λ)} − e^{−tC(λ+δ)}, and with C e^{−tC}/λ on the right for what passes u;
//!
//! atoms at zero drop out. It is done around the bulk, and where the largest part of each integral comes from, with the
//! λ that tilts the law there.

use super::radial::{Estimate, Radial};
use num_complex::Complex64;
use std::sync::PoisonError;

/// Disagreement of logarithms beyond which nothing is believed.
const BELIEVED: f64 = 1e-4;

/// How much more an integral may be wrong than a trial shows, which weighs more widely.
const CONCENTRATED: f64 = 30.0;

/// Factor on estimated errors: of the reference values none is wrong by more than 3.3 times the plain estimate.
const SAFETY: f64 = 4.0;

/// Relative error below which none is claimed.
const LEAST: f64 = 8e-13;

impl Radial {
    /// The error to claim of a value whose largest part comes from `place`.
    pub(super) fn claimed(&self, (log, error): Estimate, place: Option<f64>) -> Estimate {
        if !(log.is_finite() && error < 1.0) {
            return (log, 1.0);
        }
        let known = SAFETY * error + LEAST;
        if !self.exponent.has_rest() {
            return (log, known);
        }
        let mut excess = *self.base.get_or_init(|| self.around_the_bulk());
        if let Some(place) = place {
            excess = excess.max(self.tried_at(place));
        }
        let doubt = if excess > BELIEVED { 1.0 } else { CONCENTRATED * excess };
        (log, (known + doubt).min(1.0))
    }

    /// The worst trial around the λ at which tC is one, or half of its limit.
    fn around_the_bulk(&self) -> f64 {
        let wanted = self.exponent.limit().map_or(1.0, |limit| (0.5 * self.t * limit).min(1.0));
        let (mut low, mut high) = (-100.0, self.exponent.largest_log_lambda());
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            let value = self.t * self.exponent.values(Complex64::new(f64::exp(middle), 0.0)).rest.re;
            if value < wanted { low = middle } else { high = middle }
        }
        if high == self.exponent.largest_log_lambda() {
            // Nearly all mass has moved less than numbers tell; what counts is tried at its place.
            return 0.0;
        }
        [-2.0, 0.0, 2.0]
            .map(|shift| self.trial((low + shift).exp(), (low + shift).exp()))
            .into_iter()
            .fold(0.0, f64::max)
    }

    /// The trial that tilts the law to u, near enough to share it with its neighbours.
    fn tried_at(&self, u: f64) -> f64 {
        let key = u.ln().round();
        let u = key.exp();
        let known = self.trials.read().unwrap_or_else(PoisonError::into_inner).get(&(key as i64)).copied();
        known.unwrap_or_else(|| {
            let tilt = self.continuous().saddle(u).filter(|v| v.is_finite()).map_or(1.0 / u, f64::exp);
            // Beside zero, where there is an edge beyond it, C has few digits, and nothing says how many.
            let (edge, mut delta) = (self.exponent.edge(), 1.0 / u);
            let mut lambda = edge + tilt;
            if lambda.abs() < -0.05 * edge {
                lambda += 0.1 * edge;
            }
            if (lambda + delta).abs() < -0.05 * edge {
                delta *= 0.8;
            }
            let excess = self.trial(lambda, delta);
            self.trials.write().unwrap_or_else(PoisonError::into_inner).insert(key as i64, excess);
            excess
        })
    }

    /// By how much more the integrals miss their values than they say themselves.
    fn trial(&self, lambda: f64, delta: f64) -> f64 {
        let farthest = if self.exponent.is_plain() { self.exponent.largest_log_lambda().exp() } else { f64::INFINITY };
        let inside =
            lambda + delta < farthest && lambda > self.exponent.edge() && lambda != 0.0 && lambda + delta != 0.0;
        if !inside {
            return 0.0;
        }
        let weight = |u: f64| -lambda * u + (-(-delta * u).exp_m1()).ln();
        let values = [lambda, lambda + delta].map(|lambda| self.exponent.values(Complex64::new(lambda, 0.0)));
        let [near, far] = values.map(|values| values.rest.re);
        let size = values[0].size + values[1].size;
        let apart = match self.exponent.limit() {
            Some(_) => values[0].log_remainder.re.exp() - values[1].log_remainder.re.exp(),
            None => far - near,
        };
        // Of e^{−tC}, as a factor of its first value, and of what that is a difference of.
        let fall = -(-self.t * apart).exp_m1();
        let lost = f64::EPSILON * (8.0 + 4.0 * (self.t * near).abs());
        let law = (fall.ln() - self.t * near, lost + f64::EPSILON * 4.0 * size / apart);
        let rates = [near / lambda, far / (lambda + delta) * (1.0 - fall)];
        let difference = rates[0] - rates[1];
        let sizes = values[0].size / lambda.abs() + values[1].size / (lambda + delta).abs();
        let sizes = sizes + rates[0].abs() + rates[1].abs();
        let passing = (difference.ln() - self.t * near, lost + f64::EPSILON * 8.0 * sizes / difference);
        let miss = |found: Option<Estimate>, (expected, lost): Estimate| match found {
            // Where rounding leaves the right value unknown, nothing is learnt.
            _ if !(expected.is_finite() && lost < 1e-6) => 0.0,
            Some((found, error)) if found.is_finite() && error < 0.1 => {
                ((found - expected).abs() - SAFETY * error - lost - LEAST).max(0.0)
            }
            // A bulk beyond all numbers is not integrated over; the places of the values are.
            _ if self.bulk_is_out_of_reach() => 0.0,
            _ => 1.0,
        };
        let integral = |integrand: &dyn Fn(&super::radial::Node) -> Estimate| {
            self.adaptive(1, (2.0 / delta).sqrt(), 0.0, integrand).map(|(found, _)| found)
        };
        let law = miss(integral(&|(u, point)| (point.log_law + weight(*u), point.law_error)), law);
        let passing = miss(integral(&|(u, point)| (point.log_passing + weight(*u), point.passing_error)), passing);
        law.max(passing)
    }
}
