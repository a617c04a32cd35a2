//! Gaussians whose width, shape and place follow functions of the time: drift, anisotropic diffusion, coefficients that
//! depend on t, Ornstein–Uhlenbeck and variance-preserving diffusion.

use crate::accuracy::{Accuracy, Precise};
use crate::error::KernelError;
use crate::kernel::{PointSourceKernel, fill_normal};
use crate::of_time::{OfTime, Span};
use crate::shape::Shape;
use rand::Rng;
use std::f64::consts::PI;
use std::fmt;
use std::sync::Arc;

const NAME: &str = "Gaussian";

/// The kernel x = s(t) y + m(t) + √Σ(t) ξ in coordinates that move along, z = (x − m)/s − y.
///
/// There it is a Gaussian of covariance Σ/s² = σ²(t) A with a constant matrix A of trace N, and J/p = z σ′/σ: diffusion
/// with another clock. A source stays at its place, and x = s(t) (y + z) + m(t) leads back. Distances r are those of
/// the shape, r² = zᵀA⁻¹z.
#[derive(Clone)]
pub struct Gaussian {
    /// σ².
    variance: OfTime,
    log_mass: Option<OfTime>,
    shape: Option<Arc<Shape>>,
    span: Span,
}

impl Gaussian {
    /// The same in all directions, from t = 0 on: scale s(t) and the variance of one coordinate, `covariance`(t).
    ///
    /// # Errors
    /// When σ² = covariance/s² does not grow from zero.
    pub fn isotropic(
        scale: impl Fn(f64) -> f64 + Send + Sync + 'static,
        covariance: impl Fn(f64) -> f64 + Send + Sync + 'static,
    ) -> Result<Self, KernelError> {
        Self::isotropic_within(Span::default(), scale, covariance)
    }

    /// The same inside of an interval.
    ///
    /// # Errors
    /// When σ² = covariance/s² does not grow from zero at its start.
    pub fn isotropic_within(
        span: Span,
        scale: impl Fn(f64) -> f64 + Send + Sync + 'static,
        covariance: impl Fn(f64) -> f64 + Send + Sync + 'static,
    ) -> Result<Self, KernelError> {
        let variance: OfTime = Arc::new(move |t| covariance(t) / scale(t).powi(2));
        let kernel = Self { variance, log_mass: None, shape: None, span };
        kernel.check()?;
        Ok(kernel)
    }

    /// In N dimensions, from t = 0 on: scale s(t) and the covariance matrix.
    ///
    /// # Errors
    /// As [`Self::anisotropic_within`].
    pub fn anisotropic<const N: usize>(
        scale: impl Fn(f64) -> f64 + Send + Sync + 'static,
        covariance: impl Fn(f64) -> [[f64; N]; N] + Send + Sync + 'static,
    ) -> Result<Self, KernelError> {
        Self::anisotropic_within(Span::default(), scale, covariance)
    }

    /// In N dimensions, inside of an interval.
    ///
    /// # Errors
    /// When the covariance is not positive definite, or at one time no multiple of that at another: then there is no
    /// single clock.
    pub fn anisotropic_within<const N: usize>(
        span: Span,
        scale: impl Fn(f64) -> f64 + Send + Sync + 'static,
        covariance: impl Fn(f64) -> [[f64; N]; N] + Send + Sync + 'static,
    ) -> Result<Self, KernelError> {
        let trace = |matrix: &[[f64; N]; N]| (0..N).map(|i| matrix[i][i]).sum::<f64>() / N as f64;
        let shape = |t: f64| {
            let matrix = covariance(t);
            let size = trace(&matrix);
            matrix.map(|row| row.map(|entry| entry / size))
        };
        let middle = shape(span.at(0.5));
        for t in span.probes() {
            let differs = |(a, b): (&f64, &f64)| (a - b).abs() > 1e-8 && b.is_finite();
            let same = !middle.as_flattened().iter().zip(shape(t).as_flattened()).any(differs);
            if !same {
                let expected = "a matrix that keeps its proportions at all times";
                return Err(KernelError { kernel: NAME, parameter: "covariance", expected, found: t });
            }
        }
        let shape = Shape::of(NAME, middle.as_flattened(), N)?;
        let variance: OfTime = Arc::new(move |t| trace(&covariance(t)) / scale(t).powi(2));
        let kernel = Self { variance, log_mass: None, shape: Some(Arc::new(shape)), span };
        kernel.check()?;
        Ok(kernel)
    }

    /// With births and deaths that are the same everywhere: ln ∫p as a function of the time.
    #[must_use]
    pub fn with_log_mass(mut self, log_mass: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Self {
        self.log_mass = Some(Arc::new(log_mass));
        self
    }

    fn check(&self) -> Result<(), KernelError> {
        crate::of_time::check(self.span, &|t| (self.variance)(t), NAME, "covariance")
    }

    /// d ln σ/dt, by differences of fourth order.
    fn rate(&self, t: f64) -> f64 {
        0.5 * self.span.derivative(|t| (self.variance)(t).ln(), t)
    }
}

impl PointSourceKernel for Gaussian {
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        let variance = (self.variance)(t);
        let determinant = self.shape.as_ref().map_or(0.0, |shape| shape.log_determinant);
        self.log_mass(t) - 0.5 * (dim as f64 * (2.0 * PI * variance).ln() + determinant + r * r / variance)
    }

    fn velocity_over_r(&self, _dim: usize, t: f64, _r: f64) -> f64 {
        self.rate(t)
    }

    fn growth_rate(&self, _dim: usize, t: f64, _r: f64) -> f64 {
        self.mean_growth_rate(t)
    }

    /// Rates are differences.
    fn precise(&self, dim: usize, t: f64, r: f64) -> Precise {
        let [log_density, velocity, growth] = [self.log_density(dim, t, r), self.rate(t), self.mean_growth_rate(t)];
        let error = 0.5 * self.span.derivative_error(|t| (self.variance)(t).ln(), t);
        let variance = (self.variance)(t);
        let size = dim as f64 * (1.0 + variance.ln().abs()) + r * r / variance + self.log_mass(t).abs();
        let accuracy = Accuracy {
            log_density: 1e-14 * size,
            velocity_over_r: error / velocity.abs(),
            growth_rate: self.log_mass.as_ref().map_or(0.0, |mass| self.span.derivative_error(|t| mass(t), t)),
        };
        Precise { log_density, velocity_over_r: velocity, growth_rate: growth, accuracy }
    }

    fn log_mass(&self, t: f64) -> f64 {
        self.log_mass.as_ref().map_or(0.0, |log_mass| log_mass(t))
    }

    fn mean_growth_rate(&self, t: f64) -> f64 {
        self.log_mass.as_ref().map_or(0.0, |log_mass| self.span.derivative(|t| log_mass(t), t))
    }

    /// Of the length of the wave vector in the shape, k² = kᵀAk.
    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        self.log_mass(t) - 0.5 * k * k * (self.variance)(t)
    }

    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, _rng: &mut R) -> f64 {
        0.5 * (self.variance)(t)
    }

    fn sigma(&self, t: f64) -> f64 {
        (self.variance)(t).sqrt()
    }

    /// By bisection: σ grows, and where s has become zero it is not a number, and large.
    fn time(&self, sigma: f64) -> f64 {
        self.span.inverse(|t| (self.variance)(t), sigma * sigma)
    }

    fn distance(&self, z: &[f64]) -> f64 {
        match &self.shape {
            Some(shape) => shape.length(z),
            None => z.iter().map(|z| z * z).sum::<f64>().sqrt(),
        }
    }

    fn sample_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        fill_normal(self.sigma(t), rng, z);
        if let Some(shape) = &self.shape {
            shape.stretch(z);
        }
    }

    fn sample_scales<R: Rng + ?Sized>(&self, t: f64, _dim: usize, _rng: &mut R, scales: &mut [f64]) -> bool {
        if self.shape.is_none() {
            scales.fill(self.sigma(t));
        }
        self.shape.is_none()
    }

    fn spread_normals<R: Rng + ?Sized>(&self, t: f64, dim: usize, _rng: &mut R, z: &mut [f64]) {
        let sigma = self.sigma(t);
        z.iter_mut().for_each(|value| *value *= sigma);
        if let Some(shape) = &self.shape {
            z.chunks_exact_mut(dim).for_each(|row| shape.stretch(row));
        }
    }

    /// In the coordinates that move along, variances add.
    fn sample_increment<R: Rng + ?Sized>(&self, t: [f64; 2], rng: &mut R, z: &mut [f64]) -> bool {
        let [from, to] = t.map(|t| (self.variance)(t));
        fill_normal((to - from).max(0.0).sqrt(), rng, z);
        if let Some(shape) = &self.shape {
            shape.stretch(z);
        }
        true
    }
}

impl fmt::Debug for Gaussian {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gaussian").field("shape", &self.shape).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Heat;

    #[test]
    fn constant_coefficients_are_the_heat_kernel() {
        let (heat, kernel) = (Heat::new(0.6).unwrap(), Gaussian::isotropic(|_| 1.0, |t| 1.2 * t).unwrap());
        for (dim, t, r) in [(1, 0.3, 0.5), (7, 2.0, 1.1), (784, 0.01, 3.0)] {
            let (found, expected) = (kernel.log_density(dim, t, r), heat.log_density(dim, t, r));
            assert!((found / expected - 1.0).abs() < 1e-14);
            assert!((kernel.velocity_over_r(dim, t, r) * 2.0 * t - 1.0).abs() < 1e-10);
            assert!((kernel.time(kernel.sigma(t)) / t - 1.0).abs() < 1e-13);
        }
    }

    #[test]
    fn variance_preserving_diffusion_in_its_own_coordinates() {
        // s = e^{−t/2}, Σ = 1 − e^{−t}: σ² = e^t − 1, and J/p = z σ′/σ.
        let kernel = Gaussian::isotropic(|t| (-0.5 * t).exp(), |t| 1.0 - (-t).exp()).unwrap();
        for t in [0.01f64, 0.7, 9.0] {
            assert!((kernel.sigma(t) / t.exp_m1().sqrt() - 1.0).abs() < 1e-10);
            let rate = 0.5 * t.exp() / t.exp_m1();
            assert!((kernel.velocity_over_r(3, t, 1.0) / rate - 1.0).abs() < 1e-7);
        }
        assert!((kernel.time(160.0) - (160.0f64 * 160.0).ln_1p()).abs() < 1e-9);
    }

    #[test]
    fn flow_matching_inside_of_its_interval() {
        // x = (1 - t) y + t noise: sigma = t/(1 - t), whose logarithm grows at the rate 1/(t (1 - t)).
        let span = Span::new(0.0, 1.0).unwrap();
        let kernel = Gaussian::isotropic_within(span, |t| 1.0 - t, |t| t * t).unwrap();
        for t in [0.01, 0.5, 0.99] {
            assert!((kernel.sigma(t) * (1.0 - t) / t - 1.0).abs() < 1e-14);
            assert!((kernel.velocity_over_r(2, t, 1.0) * t * (1.0 - t) - 1.0).abs() < 1e-7);
            assert!((kernel.time(t / (1.0 - t)) - t).abs() < 1e-13);
        }
    }

    #[test]
    fn a_shape_stretches_distances_and_draws() {
        use rand::SeedableRng;
        let matrix = |t: f64| [[4.0 * t, t], [t, 2.0 * t]];
        let kernel = Gaussian::anisotropic(|_| 1.0, matrix).unwrap();
        // ln p of a Gaussian of this covariance at z, at t = 0.5.
        let (t, z) = (0.5, [0.7, -0.4]);
        let (a, b, d) = (2.0, 0.5, 1.0);
        let determinant: f64 = a * d - b * b;
        let form = (d * z[0] * z[0] - 2.0 * b * z[0] * z[1] + a * z[1] * z[1]) / determinant;
        let expected = -0.5 * form - (2.0 * PI).ln() - 0.5 * determinant.ln();
        assert!((kernel.log_density(2, t, kernel.distance(&z)) - expected).abs() < 1e-12);
        let mut rng = rand_chacha::ChaCha12Rng::seed_from_u64(3);
        let (mut sums, count) = ([0.0; 3], 40_000);
        let mut z = [0.0; 2];
        for _ in 0..count {
            kernel.sample_displacement(t, &mut rng, &mut z);
            for (sum, product) in sums.iter_mut().zip([z[0] * z[0], z[0] * z[1], z[1] * z[1]]) {
                *sum += product / f64::from(count);
            }
        }
        for (found, expected) in sums.iter().zip([a, b, d]) {
            assert!((found - expected).abs() < 0.06, "{sums:?}");
        }
    }

    #[test]
    fn shapes_that_are_none_or_change_are_refused() {
        assert!(Gaussian::anisotropic(|_| 1.0, |t| [[t, 2.0 * t], [2.0 * t, t]]).is_err());
        assert!(Gaussian::anisotropic(|_| 1.0, |t| [[t, 0.0], [0.0, t * t]]).is_err());
        assert!(Gaussian::isotropic(|_| 1.0, |_| 1.0).is_err());
    }
}
