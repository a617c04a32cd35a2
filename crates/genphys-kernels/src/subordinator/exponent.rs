//! The Laplace exponent B of a subordinator, on the right half-plane.

use crate::error::{KernelError, finite, non_negative};
use num_complex::Complex64;
use std::fmt;
use std::sync::Arc;

const NAME: &str = "Subordinated";

/// An analytic function on Re λ > 0.
type Analytic = Arc<dyn Fn(Complex64) -> Complex64 + Send + Sync>;

/// B(λ) = d λ + Σ rᵢ (1 − e^{−aᵢλ}) + C(λ) − C(0): a drift, jumps of equal size, and the rest.
///
/// The first two make laws with atoms, which no inversion of a transform resolves; they are kept apart from C, whose law
/// must have a density, except at zero.
#[derive(Clone)]
pub struct LaplaceExponent {
    drift: f64,
    jumps: Vec<EqualJumps>,
    rest: Option<Rest>,
}

/// Jumps by `size` in length² at `rate` per time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct EqualJumps {
    pub(crate) rate: f64,
    pub(crate) size: f64,
}

/// C, its value at zero, the drift hidden in it, and ln C′ along ln λ.
#[derive(Clone)]
struct Rest {
    function: Analytic,
    at_zero: f64,
    hidden_drift: f64,
    log_slopes: Vec<f64>,
}

/// The grid of ln λ. It begins where 1 + λ can still be told from 1.
const LOW: f64 = -32.0;
const HIGH: f64 = 70.0;
const STEP: f64 = 0.25;

impl LaplaceExponent {
    /// A drift: `drift` d in length² per time.
    ///
    /// # Errors
    /// Unless d is finite and not negative.
    pub fn drift(drift: f64) -> Result<Self, KernelError> {
        Ok(Self { drift: non_negative(NAME, "drift", drift)?, jumps: Vec::new(), rest: None })
    }

    /// A function C of λ that is analytic where Re λ > 0, real and increasing on the real axis. C(0) is subtracted.
    ///
    /// # Errors
    /// When C or its derivative is not a finite number on the real axis, or it falls there.
    pub fn function(function: impl Fn(Complex64) -> Complex64 + Send + Sync + 'static) -> Result<Self, KernelError> {
        let origin = function(Complex64::new(0.0, 0.0)).re;
        let at_zero = if origin.is_finite() { origin } else { function(Complex64::new(1e-300, 0.0)).re };
        finite(NAME, "exponent at zero", at_zero)?;
        let mut rest = Rest { function: Arc::new(function), at_zero, hidden_drift: 0.0, log_slopes: Vec::new() };
        // A drift makes an atom that moves; C′ falls to it.
        let (near, far) = (rest.slope(1e12), rest.slope(1e13));
        if (near / far - 1.0).abs() < 1e-6 && far > 1e-9 * rest.slope(1.0) {
            rest.hidden_drift = far;
        }
        let count = ((HIGH - LOW) / STEP) as usize + 1;
        for i in 0..count {
            let lambda = (LOW + STEP * i as f64).exp();
            let slope = rest.slope(lambda) - rest.hidden_drift;
            if !slope.is_finite() || slope < -1e-6 * (1.0 + rest.slope(1.0).abs()) {
                let expected = "an increasing function of lambda";
                return Err(KernelError { kernel: NAME, parameter: "exponent", expected, found: lambda });
            }
            rest.log_slopes.push(slope.max(1e-300).ln());
        }
        // It never grows again: rounding far out must not make it.
        for i in 1..count {
            rest.log_slopes[i] = rest.log_slopes[i].min(rest.log_slopes[i - 1]);
        }
        let drift = rest.hidden_drift;
        Ok(Self { drift, jumps: Vec::new(), rest: Some(rest) })
    }

    /// Adds a drift of `drift` in length² per time.
    ///
    /// # Errors
    /// Unless it is finite and not negative.
    pub fn with_drift(mut self, drift: f64) -> Result<Self, KernelError> {
        self.drift += non_negative(NAME, "drift", drift)?;
        Ok(self)
    }

    /// Adds jumps by `size` in length² at `rate` per time: `rate` (1 − e^{−`size` λ}).
    ///
    /// # Errors
    /// Unless both are finite and not negative.
    pub fn with_jumps(mut self, rate: f64, size: f64) -> Result<Self, KernelError> {
        let jumps = EqualJumps { rate: non_negative(NAME, "rate", rate)?, size: non_negative(NAME, "size", size)? };
        if jumps.rate > 0.0 && jumps.size > 0.0 {
            self.jumps.push(jumps);
        }
        Ok(self)
    }

    /// B(λ) for real λ ≥ 0.
    pub fn value(&self, lambda: f64) -> f64 {
        let jumps: f64 = self.jumps.iter().map(|jump| -jump.rate * (-jump.size * lambda).exp_m1()).sum();
        self.drift * lambda + jumps + self.rest(Complex64::new(lambda, 0.0)).re
    }

    /// d, with the drift that was found in C.
    pub(crate) fn drift_rate(&self) -> f64 {
        self.drift
    }

    pub(crate) fn jumps(&self) -> &[EqualJumps] {
        &self.jumps
    }

    /// Whether there is a C.
    pub(crate) fn has_rest(&self) -> bool {
        self.rest.is_some()
    }

    /// C(λ) − C(0) without its drift; zero where there is no C.
    pub(crate) fn rest(&self, lambda: Complex64) -> Complex64 {
        match &self.rest {
            Some(rest) => (rest.function)(lambda) - rest.at_zero - lambda * rest.hidden_drift,
            None => Complex64::new(0.0, 0.0),
        }
    }

    /// The largest ln λ at which C is known: where a drift was taken out of it, the difference is lost beyond.
    pub(crate) fn largest_log_lambda(&self) -> f64 {
        match &self.rest {
            Some(rest) if rest.hidden_drift > 0.0 => 18.0,
            _ => HIGH,
        }
    }

    /// The λ > 0 at which C′ is `slope`; zero where C′ is below that everywhere, and the end of the grid where above.
    pub(crate) fn lambda_of_slope(&self, slope: f64) -> f64 {
        let Some(rest) = &self.rest else { return 0.0 };
        let (wanted, slopes) = (slope.ln(), &rest.log_slopes);
        let after = slopes.partition_point(|value| *value >= wanted);
        if after == 0 {
            return 0.0;
        }
        if after == slopes.len() {
            return self.largest_log_lambda().exp();
        }
        let (above, below) = (slopes[after - 1], slopes[after]);
        let share = if above > below { (above - wanted) / (above - below) } else { 0.0 };
        (LOW + STEP * (after as f64 - 1.0 + share)).min(self.largest_log_lambda()).exp()
    }

    /// d ln C′/d ln λ, not positive, and C′, at λ.
    pub(crate) fn bend(&self, lambda: f64) -> (f64, f64) {
        let Some(rest) = &self.rest else { return (0.0, 0.0) };
        let at = (((lambda.ln() - LOW) / STEP) as usize).min(rest.log_slopes.len() - 2);
        ((rest.log_slopes[at + 1] - rest.log_slopes[at]) / STEP, rest.log_slopes[at].exp())
    }
}

impl Rest {
    /// C′ by the complex step, which does not cancel.
    fn slope(&self, lambda: f64) -> f64 {
        let step = 1e-20 * lambda;
        (self.function)(Complex64::new(lambda, step)).im / step
    }
}

impl fmt::Debug for LaplaceExponent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LaplaceExponent")
            .field("drift", &self.drift)
            .field("jumps", &self.jumps)
            .field("rest", &self.rest.is_some())
            .finish()
    }
}
