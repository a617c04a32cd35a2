//! Coefficients that depend on the time: the kernel of another equation, read by another clock.

use crate::accumulated::Accumulated;
use crate::accuracy::Precise;
use crate::error::KernelError;
use crate::kernel::PointSourceKernel;
use crate::of_time::{OfTime, Span};
use rand::Rng;
use std::fmt;
use std::sync::Arc;

/// `kernel` at the reading τ(t) of a clock, and with births and deaths that are the same everywhere.
///
/// φ_t = −(c(t) + g(t) B) φ has the kernel of B with τ = ∫g, and the mass e^{−∫c}.
#[derive(Clone)]
pub struct Clocked<K> {
    kernel: K,
    clock: OfTime,
    /// dτ/dt, where it is known.
    rate: Option<OfTime>,
    log_mass: Option<OfTime>,
    span: Span,
}

impl<K: PointSourceKernel> Clocked<K> {
    /// `clock` τ(t), zero at t = 0 and growing for ever.
    ///
    /// # Errors
    /// When it does not grow.
    pub fn new(kernel: K, clock: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Result<Self, KernelError> {
        Self::within(Span::default(), kernel, clock)
    }

    /// `clock` τ(t), zero at the start of an interval and positive inside.
    ///
    /// # Errors
    /// When it does not grow from the start.
    pub fn within(
        span: Span,
        kernel: K,
        clock: impl Fn(f64) -> f64 + Send + Sync + 'static,
    ) -> Result<Self, KernelError> {
        crate::of_time::check(span, &clock, "Clocked", "clock")?;
        Ok(Self { kernel, clock: Arc::new(clock), rate: None, log_mass: None, span })
    }

    /// A clock by its rate dτ/dt, of which it is the integral from the start, to twelve digits by quadrature. The rate
    /// may be infinite at the ends of the interval; at the start it must be integrable.
    ///
    /// # Errors
    /// When the clock does not grow from the start.
    pub fn by_rate(
        span: Span,
        kernel: K,
        rate: impl Fn(f64) -> f64 + Send + Sync + 'static,
    ) -> Result<Self, KernelError> {
        let rate: OfTime = Arc::new(rate);
        let clock = Accumulated::new(span, rate.clone());
        let made = Self::within(span, kernel, move |t| clock.at(t))?;
        Ok(Self { rate: Some(rate), ..made })
    }

    /// The reading τ(t) and its rate.
    pub fn clock(&self, t: f64) -> [f64; 2] {
        [self.reading(t), self.pace(t)]
    }

    /// With ln ∫p as a function of the time besides.
    #[must_use]
    pub fn with_log_mass(mut self, log_mass: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Self {
        self.log_mass = Some(Arc::new(log_mass));
        self
    }

    fn reading(&self, t: f64) -> f64 {
        (self.clock)(t)
    }

    /// dτ/dt.
    fn pace(&self, t: f64) -> f64 {
        match &self.rate {
            Some(rate) => rate(t),
            None => self.span.derivative(|t| self.reading(t), t),
        }
    }

    fn further_log_mass(&self, t: f64) -> f64 {
        self.log_mass.as_ref().map_or(0.0, |log_mass| log_mass(t))
    }

    fn further_growth(&self, t: f64) -> f64 {
        self.log_mass.as_ref().map_or(0.0, |log_mass| self.span.derivative(|t| log_mass(t), t))
    }
}

impl<K: PointSourceKernel> PointSourceKernel for Clocked<K> {
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.log_density(dim, self.reading(t), r) + self.further_log_mass(t)
    }

    fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.velocity_over_r(dim, self.reading(t), r) * self.pace(t)
    }

    fn growth_rate(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.growth_rate(dim, self.reading(t), r) * self.pace(t) + self.further_growth(t)
    }

    fn precise(&self, dim: usize, t: f64, r: f64) -> Precise {
        let mut found = self.kernel.precise(dim, self.reading(t), r);
        let log_mass = self.further_log_mass(t);
        found.log_density += log_mass;
        found.accuracy.log_density += 4.0 * f64::EPSILON * log_mass.abs();
        // The pace is a difference of readings.
        let error = match &self.rate {
            Some(rate) => 4.0 * f64::EPSILON * rate(t).abs(),
            None => self.span.derivative_error(|t| self.reading(t), t),
        };
        let pace = self.pace(t);
        found.velocity_over_r *= pace;
        found.accuracy.velocity_over_r += error / pace.abs();
        found.accuracy.growth_rate = found.accuracy.growth_rate * pace.abs() + found.growth_rate.abs() * error;
        found.growth_rate = found.growth_rate * pace + self.further_growth(t);
        if let Some(log_mass) = &self.log_mass {
            found.accuracy.growth_rate += self.span.derivative_error(|t| log_mass(t), t);
        }
        found
    }

    fn log_mass(&self, t: f64) -> f64 {
        self.kernel.log_mass(self.reading(t)) + self.further_log_mass(t)
    }

    fn mean_growth_rate(&self, t: f64) -> f64 {
        self.kernel.mean_growth_rate(self.reading(t)) * self.pace(t) + self.further_growth(t)
    }

    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        self.kernel.log_characteristic(self.reading(t), k) + self.further_log_mass(t)
    }

    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        self.kernel.sample_subordinator(self.reading(t), rng)
    }

    fn sigma(&self, t: f64) -> f64 {
        self.kernel.sigma(self.reading(t))
    }

    fn time(&self, sigma: f64) -> f64 {
        self.span.inverse(|t| self.reading(t), self.kernel.time(sigma))
    }

    fn spread(&self, t: f64) -> f64 {
        self.kernel.spread(self.reading(t))
    }

    fn sample_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        self.kernel.sample_displacement(self.reading(t), rng, z);
    }

    fn sample_scales<R: Rng + ?Sized>(&self, t: f64, dim: usize, rng: &mut R, scales: &mut [f64]) -> bool {
        self.kernel.sample_scales(self.reading(t), dim, rng, scales)
    }

    fn spread_normals<R: Rng + ?Sized>(&self, t: f64, dim: usize, rng: &mut R, z: &mut [f64]) {
        self.kernel.spread_normals(self.reading(t), dim, rng, z);
    }

    fn distance(&self, z: &[f64]) -> f64 {
        self.kernel.distance(z)
    }

    fn is_self_similar(&self) -> bool {
        self.kernel.is_self_similar()
    }

    fn sample_moving_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        self.kernel.sample_moving_displacement(self.reading(t), rng, z);
    }

    fn mean_velocity_over_r(&self, dim: usize, t: f64) -> f64 {
        self.kernel.mean_velocity_over_r(dim, self.reading(t)) * self.pace(t)
    }

    fn sample_increment<R: Rng + ?Sized>(&self, t: [f64; 2], rng: &mut R, z: &mut [f64]) -> bool {
        self.kernel.sample_increment(t.map(|t| self.reading(t)), rng, z)
    }
}

impl<K: fmt::Debug> fmt::Debug for Clocked<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Clocked").field("kernel", &self.kernel).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Heat, Stable};

    #[test]
    fn a_clock_inside_of_its_interval() {
        // -fraclap(phi, 1)/(1 - t) on (0, 1): Poisson at -ln(1 - t).
        let span = Span::new(0.0, 1.0).unwrap();
        let clock = |t: f64| {
            assert!((0.0..1.0).contains(&t), "{t}");
            -(-t).ln_1p()
        };
        let kernel = Clocked::within(span, crate::Poisson::new(1.0).unwrap(), clock).unwrap();
        for t in [0.2, 0.999] {
            let rate = 1.0 / ((1.0 - t) * clock(t));
            assert!((kernel.velocity_over_r(2, t, 0.3) / rate - 1.0).abs() < 1e-7, "{t}");
        }
        // Heat from t = 1 on.
        let late =
            Clocked::within(Span::new(1.0, f64::INFINITY).unwrap(), Heat::new(1.0).unwrap(), |t| t - 1.0).unwrap();
        assert!((late.log_density(1, 3.0, 0.0) + 0.5 * (8.0 * std::f64::consts::PI).ln()).abs() < 1e-14);
        assert!((late.time(late.sigma(1.5)) - 1.5).abs() < 1e-12);
    }

    #[test]
    fn a_clock_by_its_rate_is_the_same_as_in_closed_form() {
        let (span, heat) = (Span::new(0.0, 1.0).unwrap(), Heat::new(1.0).unwrap());
        let closed = Clocked::within(span, heat, |t| -(-t).ln_1p()).unwrap();
        let kernel = Clocked::by_rate(span, heat, |t| 1.0 / (1.0 - t)).unwrap();
        for t in [1e-6, 0.3, 0.97] {
            assert!((kernel.clock(t)[0] / closed.clock(t)[0] - 1.0).abs() < 1e-12);
            let r = closed.sigma(t);
            assert!((kernel.log_density(3, t, r) - closed.log_density(3, t, r)).abs() < 1e-11);
            assert!((kernel.velocity_over_r(3, t, r) / closed.velocity_over_r(3, t, r) - 1.0).abs() < 1e-7);
            assert!((kernel.time(kernel.sigma(t)) / t - 1.0).abs() < 1e-11);
        }
        assert!(Clocked::by_rate(span, heat, |_| -1.0).is_err());
    }

    #[test]
    fn a_clock_of_the_square_of_the_time() {
        // φ_t = t∇²φ − 3φ: heat at t²/2 with mass e^{−3t}.
        let heat = Heat::new(1.0).unwrap();
        let kernel = Clocked::new(heat, |t| t * t / 2.0).unwrap().with_log_mass(|t| -3.0 * t);
        let t = 1.3;
        let expected = heat.log_density(3, t * t / 2.0, 0.8) - 3.0 * t;
        assert!((kernel.log_density(3, t, 0.8) - expected).abs() < 1e-14);
        assert!((kernel.velocity_over_r(3, t, 0.8) - 1.0 / t).abs() < 1e-9);
        assert!((kernel.growth_rate(3, t, 0.8) + 3.0).abs() < 1e-9);
        assert!((kernel.time(kernel.sigma(t)) / t - 1.0).abs() < 1e-12);
        assert!(Clocked::new(Stable::new(1.0, 1.5).unwrap(), |t| -t).is_err());
        // A removable singularity is none of f64: the error says what to do.
        let rate = 0.0;
        let error = Clocked::new(heat, move |t: f64| (rate * t).exp_m1() / rate).unwrap_err();
        assert!(error.to_string().contains("0/0"), "{error}");
    }
}
