//! The Laplace exponent B of a subordinator, on the right half-plane.

use super::removable::continued;
use crate::error::{KernelError, finite, non_negative};
use num_complex::Complex64;
use std::fmt;
use std::sync::Arc;

const NAME: &str = "Subordinated";

/// An analytic function on Re λ > 0.
pub(super) type Analytic = Arc<dyn Fn(Complex64) -> Complex64 + Send + Sync>;

/// B(λ) = d λ + Σ rᵢ (1 − e^{−aᵢλ}) + C(λ) − C(0): a drift, jumps of equal size, and the rest.
///
/// The first two make laws with atoms, which no inversion of a transform resolves; they are kept apart from C, whose
/// law must have a density, except at zero. C may contain jumps of a given law, Σ (Qⱼ(0) − Qⱼ(λ)), which are known to
/// many more digits than their difference from a constant.
#[derive(Clone)]
pub struct LaplaceExponent {
    drift: f64,
    jumps: Vec<EqualJumps>,
    rest: Option<Rest>,
    plain: Option<Analytic>,
    laws: Vec<JumpLaw>,
}

/// Jumps at any rate and of any size: ln Q, with Q the Laplace transform of the measure of jumps, and ln Q(0).
#[derive(Clone)]
struct JumpLaw {
    log_transform: Analytic,
    at_zero: f64,
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
    /// C(∞) − C(0) of the plain function, where that is finite.
    limit: Option<f64>,
    /// The end of the interval around zero where C is analytic, at or below zero.
    edge: f64,
    /// The size of what is subtracted inside of C near zero, where it has its branch there: 1 in √(1 + √λ) − 1.
    subtracted: f64,
}

/// What the inversion wants to know of C at one λ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values {
    /// C(λ) − C(0), without drift.
    pub(super) rest: Complex64,
    /// ln(C(∞) − C(λ)); meaningless where C is not bounded.
    pub(super) log_remainder: Complex64,
    /// The size of what was subtracted on the way, which bounds the rounding error of both.
    pub(super) size: f64,
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
        let drift = non_negative(NAME, "drift", drift)?;
        Ok(Self { drift, jumps: Vec::new(), rest: None, plain: None, laws: Vec::new() })
    }

    /// A function C of λ that is analytic where Re λ > 0, real and increasing on the real axis. C(0) is subtracted.
    ///
    /// # Errors
    /// When C or its derivative is not a finite number on the real axis, or it falls there.
    pub fn function(function: impl Fn(Complex64) -> Complex64 + Send + Sync + 'static) -> Result<Self, KernelError> {
        let function: Analytic = continued(Arc::new(function));
        let rest = Rest::new(Arc::clone(&function))?;
        Ok(Self {
            drift: rest.hidden_drift,
            jumps: Vec::new(),
            rest: Some(rest),
            plain: Some(function),
            laws: Vec::new(),
        })
    }

    /// Adds jumps that come at a rate and with a law of their own: Q(0) − Q(λ), where Q = `rate` e^{q(λ)}, q the
    /// function given, is `rate` times the Laplace transform of the law of a jump. A negative rate takes jumps away
    /// that another part has.
    ///
    /// # Errors
    /// When the rate is no number, or as [`function`](Self::function).
    pub fn with_jump_law(
        mut self,
        rate: f64,
        log_transform: impl Fn(Complex64) -> Complex64 + Send + Sync + 'static,
    ) -> Result<Self, KernelError> {
        if finite(NAME, "rate", rate)? == 0.0 {
            return Ok(self);
        }
        let log_rate = rate.abs().ln();
        let log_transform: Analytic = continued(Arc::new(move |lambda| log_transform(lambda) + log_rate));
        let at_zero = finite(NAME, "law of jumps", value_at_zero(&log_transform))?;
        let far = log_transform(Complex64::new(1e60, 0.0)).re;
        if rate > 0.0 && (far < at_zero - 30.0 || far == f64::NEG_INFINITY) {
            self.laws.push(JumpLaw { log_transform, at_zero });
        } else {
            // What takes jumps away, or leaves some of no size, is a function like others.
            let before = self.plain.clone();
            self.plain = Some(Arc::new(move |lambda| {
                let before = before.as_ref().map_or(Complex64::new(0.0, 0.0), |plain| plain(lambda));
                before - log_transform(lambda).exp() * rate.signum()
            }));
        }
        let (plain, laws) = (self.plain.clone(), self.laws.clone());
        let whole: Analytic = Arc::new(move |lambda| {
            let plain = plain.as_ref().map_or(Complex64::new(0.0, 0.0), |plain| plain(lambda));
            plain + laws.iter().map(|law| law.missing(lambda)).sum::<Complex64>()
        });
        let mut rest = Rest::new(whole)?;
        if let Some(plain) = &self.plain {
            // The limit is that of the plain function alone.
            rest.limit = limit(plain, value_at_zero(plain), rest.hidden_drift);
        } else {
            rest.limit = Some(0.0);
        }
        self.drift += rest.hidden_drift - self.rest.as_ref().map_or(0.0, |rest| rest.hidden_drift);
        self.rest = Some(rest);
        Ok(self)
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

    /// C(∞) − C(0) and the left end of where C is analytic; `None` where C grows without bound.
    pub(super) fn limit(&self) -> Option<f64> {
        let rest = self.rest.as_ref()?;
        rest.limit.map(|limit| limit + self.laws.iter().map(|law| law.at_zero.exp()).sum::<f64>())
    }

    /// The left end, at or below zero, of where C is known.
    pub(super) fn edge(&self) -> f64 {
        self.rest.as_ref().map_or(0.0, |rest| rest.edge)
    }

    /// Whether a plain function is part of C, with the rounding errors of its differences.
    pub(super) fn is_plain(&self) -> bool {
        self.plain.is_some()
    }

    /// C and its distance from its limit, to all digits that they have.
    pub(super) fn values(&self, lambda: Complex64) -> Values {
        let zero = Complex64::new(0.0, 0.0);
        let Some(rest) = &self.rest else {
            return Values { rest: zero, log_remainder: Complex64::new(f64::NEG_INFINITY, 0.0), size: 0.0 };
        };
        let (mut value, mut size) = (zero, 0.0);
        let mut logs: Vec<Complex64> = Vec::with_capacity(self.laws.len() + 1);
        if let Some(plain) = &self.plain {
            let whole = plain(lambda);
            let at_zero = if self.laws.is_empty() { rest.at_zero } else { value_at_zero(plain) };
            value = whole - at_zero - lambda * rest.hidden_drift;
            size = whole.norm() + at_zero.abs() + (lambda * rest.hidden_drift).norm() + rest.subtracted;
            if let Some(limit) = rest.limit {
                logs.push((Complex64::new(limit, 0.0) - value).ln());
            }
        }
        for law in &self.laws {
            let log = (law.log_transform)(lambda);
            logs.push(log);
            value -= exp_m1(log - law.at_zero) * law.at_zero.exp();
        }
        let top = logs.iter().map(|log| log.re).fold(f64::NEG_INFINITY, f64::max);
        let log_remainder = match logs.as_slice() {
            [one] => *one,
            many => many.iter().map(|log| (log - top).exp()).sum::<Complex64>().ln() + top,
        };
        Values { rest: value, log_remainder, size }
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
        let place = (lambda.ln() - LOW) / STEP;
        let at = (place as usize).min(rest.log_slopes.len() - 2);
        let rise = rest.log_slopes[at + 1] - rest.log_slopes[at];
        (rise / STEP, (rest.log_slopes[at] + rise * (place - at as f64)).exp())
    }
}

/// The real value at zero, or right beside it where it is not defined there.
fn value_at_zero(function: &Analytic) -> f64 {
    let origin = function(Complex64::new(0.0, 0.0)).re;
    if origin.is_finite() { origin } else { function(Complex64::new(1e-300, 0.0)).re }
}

/// The limit of a function less its value at zero and its drift, where it has one. Its approach is that of a power of
/// λ: differences between doublings fall by the same ratio (Aitken).
fn limit(function: &Analytic, at_zero: f64, drift: f64) -> Option<f64> {
    let at = |lambda: f64| function(Complex64::new(lambda, 0.0)).re - at_zero - drift * lambda;
    // Beside a drift only moderate λ leave digits.
    let start = if drift > 0.0 { 1e5 } else { 1e40 };
    let [a, b, c] = [at(start), at(2.0 * start), at(4.0 * start)];
    let (first, second) = (b - a, c - b);
    if second.abs() <= 1e-14 * c.abs() {
        return Some(c);
    }
    let ratio = second / first;
    (ratio > 0.0 && ratio < 0.9).then(|| c + second * ratio / (1.0 - ratio))
}

/// e^z − 1.
pub(super) fn exp_m1(z: Complex64) -> Complex64 {
    let half = (0.5 * z.im).sin();
    Complex64::new(z.re.exp_m1() * z.im.cos() - 2.0 * half * half, z.re.exp() * z.im.sin())
}

impl JumpLaw {
    /// Q(0) − Q(λ).
    fn missing(&self, lambda: Complex64) -> Complex64 {
        -exp_m1((self.log_transform)(lambda) - self.at_zero) * self.at_zero.exp()
    }
}

impl Rest {
    fn new(function: Analytic) -> Result<Self, KernelError> {
        let at_zero = finite(NAME, "exponent at zero", value_at_zero(&function))?;
        let mut rest = Self {
            function,
            at_zero,
            hidden_drift: 0.0,
            log_slopes: Vec::new(),
            limit: None,
            edge: 0.0,
            subtracted: 0.0,
        };
        // A drift makes an atom that moves; C′ falls to it ever more slowly, and to zero at the pace of a power.
        let [first, near, far] = [1e11, 1e12, 1e13].map(|lambda| rest.slope(lambda));
        let (before, after) = ((first / near - 1.0).abs(), (near / far - 1.0).abs());
        if after < 1e-6 && (after < 1e-12 || after < 0.7 * before) && far > 1e-9 * rest.slope(1.0) {
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
        rest.limit = limit(&rest.function, rest.at_zero, rest.hidden_drift);
        rest.edge = rest.find_edge();
        if rest.edge == 0.0 {
            rest.subtracted = rest.find_subtracted();
        }
        Ok(rest)
    }

    /// How far values near zero are from integrals of the slope, which does not cancel, over the rounding of one.
    fn find_subtracted(&self) -> f64 {
        let at = |v: f64| (self.function)(Complex64::new(v.exp(), 0.0)).re - self.at_zero;
        let rise = |v: f64| v.exp() * self.slope(v.exp());
        let mut largest = 0.0f64;
        for i in 0..400 {
            let (v, step) = (-140.0 + 0.3 * f64::from(i), 0.1);
            let expected = step / 3.0 * (rise(v) + 4.0 * rise(v + step) + rise(v + 2.0 * step));
            // Simpson's rule errs by less than a millionth here.
            if expected < 1e-12 {
                let miss = (at(v + 2.0 * step) - at(v) - expected).abs() - 1e-6 * expected;
                largest = largest.max(if miss.is_finite() { miss } else { 0.0 });
            }
        }
        if largest < 1e-19 { 0.0 } else { 2.0 * largest / f64::EPSILON }
    }

    /// How far left of zero C goes on to fall, ever faster, which it does as long as E e^{−λu} is finite.
    fn find_edge(&self) -> f64 {
        // Value and derivative at −x, where they continue those at −y.
        let after = |x: f64, (value, slope): (f64, f64)| {
            let found = (self.function)(Complex64::new(-x, 1e-200 * x));
            let (here, rise) = (found.re, found.im / (1e-200 * x));
            // Beyond a branch point the imaginary part is that of C, and not of the step.
            let real = here.is_finite() && rise < 1e60 * self.slope(x);
            let goes_on = here < value && rise >= slope * (1.0 - 1e-6) && rise > 0.0;
            (real && goes_on).then_some((here, rise))
        };
        let (mut good, mut last) = (0.0, (self.at_zero + 1e-12 * (1.0 + self.at_zero.abs()), 0.0));
        for step in 0..180 {
            let x = 1e-14 * 2f64.powf(0.5 * f64::from(step));
            if let Some(found) = after(x, last) {
                (good, last) = (x, found);
                // Values beside a constant may not be told apart.
                last.0 += 1e-12 * (1.0 + last.0.abs());
                continue;
            }
            if good == 0.0 {
                return 0.0;
            }
            let mut high = x;
            for _ in 0..70 {
                let middle = 0.5 * (good + high);
                match after(middle, last) {
                    Some(found) => (good, last) = (middle, (found.0 + 1e-12 * (1.0 + found.0.abs()), found.1)),
                    None => high = middle,
                }
            }
            return -good;
        }
        -good
    }

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
