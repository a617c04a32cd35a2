//! A Gaussian of any covariance along one axis: values for a reader, where proportions may change with the time, so
//! that there is no length of z that everything depends on.

use crate::accuracy::{Accuracy, Precise};
use crate::error::KernelError;
use crate::of_time::{OfTime, Span};
use crate::shape::{Shape, square};
use std::f64::consts::PI;
use std::sync::Arc;

const NAME: &str = "GaussianAlongAxis";

/// A covariance by its rows, a function of the time.
type Covariance = Arc<dyn Fn(f64) -> Vec<Vec<f64>> + Send + Sync>;

/// The kernel x = s(t) y + m(t) + √Σ(t) ξ at z = r e, e the unit vector of an axis, in coordinates that move along:
/// there it is a Gaussian of covariance C = Σ/s², and J/p = C′C⁻¹z/2, of which the part along the axis is given.
#[derive(Clone)]
pub struct GaussianAlongAxis {
    /// C.
    covariance: Covariance,
    dim: usize,
    axis: usize,
    span: Span,
    log_mass: Option<OfTime>,
}

impl GaussianAlongAxis {
    /// In `dim` dimensions, inside of an interval: scale s(t), the covariance Σ(t) by rows, and the number of the axis,
    /// from 0.
    ///
    /// # Errors
    /// When the axis is none of them, or the covariance is not a positive definite matrix at times inside.
    pub fn within(
        span: Span,
        dim: usize,
        scale: impl Fn(f64) -> f64 + Send + Sync + 'static,
        covariance: impl Fn(f64) -> Vec<Vec<f64>> + Send + Sync + 'static,
        axis: usize,
    ) -> Result<Self, KernelError> {
        if axis >= dim {
            let found = axis as f64;
            return Err(KernelError { kernel: NAME, parameter: "axis", expected: "one of the coordinates", found });
        }
        let moved = move |t: f64| {
            let square = scale(t).powi(2);
            let mut rows = covariance(t);
            rows.iter_mut().flatten().for_each(|entry| *entry /= square);
            rows
        };
        let kernel = Self { covariance: Arc::new(moved), dim, axis, span, log_mass: None };
        span.probes().into_iter().try_for_each(|t| kernel.at(t).map(|_| ()))?;
        Ok(kernel)
    }

    /// With births and deaths that are the same everywhere: ln ∫p as a function of the time.
    #[must_use]
    pub fn with_log_mass(mut self, log_mass: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Self {
        self.log_mass = Some(Arc::new(log_mass));
        self
    }

    /// C as its mean variance and the matrix over it.
    fn at(&self, t: f64) -> Result<(f64, Shape), KernelError> {
        let rows = (self.covariance)(t);
        let mut matrix = square(NAME, &rows)?;
        let size = rows.iter().enumerate().map(|(i, row)| row[i]).sum::<f64>() / rows.len() as f64;
        let is_right = rows.len() == self.dim && size > 0.0 && size.is_finite();
        if !is_right {
            return Err(KernelError {
                kernel: NAME,
                parameter: "covariance",
                expected: "positive definite",
                found: size,
            });
        }
        matrix.iter_mut().for_each(|entry| *entry /= size);
        Ok((size, Shape::of(NAME, &matrix, self.dim)?))
    }

    /// ln p, J/p along the axis over r, and R/p, at distance r along the axis.
    ///
    /// # Errors
    /// When the covariance is not positive definite at this time.
    pub fn precise(&self, t: f64, r: f64) -> Result<Precise, KernelError> {
        let (size, shape) = self.at(t)?;
        let column: Vec<f64> = shape.inverse_column(self.axis).iter().map(|x| x / size).collect();
        let form = r * r * column[self.axis];
        let log_mass = self.log_mass.as_ref().map_or(0.0, |log_mass| log_mass(t));
        let volume = self.dim as f64 * (2.0 * PI * size).ln() + shape.log_determinant;
        let entry = |j: usize| move |t: f64| (self.covariance)(t)[self.axis][j];
        let (mut velocity, mut error) = (0.0, 0.0);
        for (j, x) in column.iter().enumerate() {
            velocity += 0.5 * self.span.derivative(entry(j), t) * x;
            error += 0.5 * self.span.derivative_error(entry(j), t) * x.abs();
        }
        let rate = |of: fn(Span, &dyn Fn(f64) -> f64, f64) -> f64| {
            self.log_mass.as_ref().map_or(0.0, |log_mass| of(self.span, &|t| log_mass(t), t))
        };
        let log_size = self.dim as f64 * (1.0 + size.ln().abs()) + shape.log_determinant.abs();
        Ok(Precise {
            log_density: log_mass - 0.5 * (volume + form),
            velocity_over_r: velocity,
            growth_rate: rate(|span, f, t| span.derivative(f, t)),
            accuracy: Accuracy {
                log_density: 1e-14 * (log_size + form + log_mass.abs()),
                velocity_over_r: error / velocity.abs(),
                growth_rate: rate(|span, f, t| span.derivative_error(f, t)),
            },
        })
    }

    /// ln ∫p.
    pub fn log_mass(&self, t: f64) -> f64 {
        self.log_mass.as_ref().map_or(0.0, |log_mass| log_mass(t))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Gaussian, PointSourceKernel};

    #[test]
    fn with_fixed_proportions_it_is_the_gaussian_of_a_model() {
        let matrix = |t: f64| [[4.0 * t, t], [t, 2.0 * t]];
        let model = Gaussian::anisotropic(|t: f64| (-t).exp(), matrix).unwrap();
        for axis in [0, 1] {
            let rows = move |t: f64| matrix(t).map(|row| row.to_vec()).to_vec();
            let along = GaussianAlongAxis::within(Span::default(), 2, |t: f64| (-t).exp(), rows, axis).unwrap();
            for (t, r) in [(0.3, 0.0), (0.7, 1.1), (5.0, 40.0)] {
                let mut z = [0.0; 2];
                z[axis] = r;
                let (found, place) = (along.precise(t, r).unwrap(), model.distance(&z));
                assert!((found.log_density - model.log_density(2, t, place)).abs() < 1e-10, "{axis} {t} {r}");
                let rate = model.velocity_over_r(2, t, place);
                assert!((found.velocity_over_r / rate - 1.0).abs() < 1e-8, "{axis} {t} {r}");
            }
        }
    }

    /// C = [[t, t²/2], [t²/2, t]]: C′C⁻¹ along x₁ is (t − t³/2)/(t² − t⁴/4).
    #[test]
    fn proportions_may_change() {
        let rows = |t: f64| vec![vec![t, 0.5 * t * t], vec![0.5 * t * t, t]];
        let span = Span::new(0.0, 1.0).unwrap();
        let along = GaussianAlongAxis::within(span, 2, |_| 1.0, rows, 0).unwrap().with_log_mass(|t| -3.0 * t);
        let (t, r) = (0.7f64, 0.3);
        let found = along.precise(t, r).unwrap();
        let determinant = t * t - 0.25 * t.powi(4);
        let log_density = -3.0 * t - (2.0 * PI).ln() - 0.5 * (determinant.ln() + r * r * t / determinant);
        assert!((found.log_density - log_density).abs() < 1e-13);
        let velocity = 0.5 * (t - 0.5 * t.powi(3)) / determinant;
        assert!((found.velocity_over_r / velocity - 1.0).abs() < 1e-9 && found.accuracy.velocity_over_r < 1e-6);
        assert!((found.growth_rate + 3.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_covariance_is_refused() {
        let made = |rows: fn(f64) -> Vec<Vec<f64>>, axis| {
            GaussianAlongAxis::within(Span::default(), 2, |_| 1.0, rows, axis).is_ok()
        };
        assert!(made(|t| vec![vec![t, 0.0], vec![0.0, t]], 1));
        assert!(!made(|t| vec![vec![t, 0.0], vec![0.0, t]], 2));
        assert!(!made(|t| vec![vec![t, 2.0 * t], vec![2.0 * t, t]], 0));
        assert!(!made(|t| vec![vec![t, 0.0]], 0));
    }
}
