//! Kernels that are not the same in all directions: k·Ak in the place of |k|².

use crate::accuracy::Precise;
use crate::error::KernelError;
use crate::kernel::PointSourceKernel;
use rand::Rng;
use std::sync::Arc;

/// A, as its factor A = L Lᵀ, row-major.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    dim: usize,
    factor: Vec<f64>,
    pub(crate) log_determinant: f64,
}

impl Shape {
    /// The Cholesky factor of a row-major matrix.
    pub(crate) fn of(kernel: &'static str, matrix: &[f64], dim: usize) -> Result<Self, KernelError> {
        let mut factor = vec![0.0; dim * dim];
        for i in 0..dim {
            for j in 0..=i {
                let sum: f64 = (0..j).map(|k| factor[i * dim + k] * factor[j * dim + k]).sum();
                let rest = matrix[i * dim + j] - sum;
                factor[i * dim + j] = if i == j { rest.sqrt() } else { rest / factor[j * dim + j] };
            }
            let pivot = factor[i * dim + i];
            if !(pivot.is_finite() && pivot > 1e-9) {
                let expected = "positive definite";
                return Err(KernelError { kernel, parameter: "matrix", expected, found: pivot });
            }
        }
        let log_determinant = (0..dim).map(|i| 2.0 * factor[i * dim + i].ln()).sum();
        Ok(Self { dim, factor, log_determinant })
    }

    /// |L⁻¹ z|.
    pub(crate) fn length(&self, z: &[f64]) -> f64 {
        let mut solved = Vec::with_capacity(self.dim);
        for (i, z) in z.iter().enumerate().take(self.dim) {
            let row = &self.factor[i * self.dim..];
            let sum: f64 = row.iter().zip(&solved).map(|(a, b): (&f64, &f64)| a * b).sum();
            solved.push((z - sum) / row[i]);
        }
        solved.iter().map(|x| x * x).sum::<f64>().sqrt()
    }

    /// A⁻¹ e of the unit vector along an axis.
    pub(crate) fn inverse_column(&self, axis: usize) -> Vec<f64> {
        let (n, factor) = (self.dim, &self.factor);
        let mut x = vec![0.0; n];
        for i in 0..n {
            let sum: f64 = (0..i).map(|j| factor[i * n + j] * x[j]).sum();
            x[i] = (f64::from(u8::from(i == axis)) - sum) / factor[i * n + i];
        }
        for i in (0..n).rev() {
            let sum: f64 = (i + 1..n).map(|j| factor[j * n + i] * x[j]).sum();
            x[i] = (x[i] - sum) / factor[i * n + i];
        }
        x
    }

    /// L z, in place.
    pub(crate) fn stretch(&self, z: &mut [f64]) {
        for i in (0..self.dim.min(z.len())).rev() {
            let row = &self.factor[i * self.dim..=i * self.dim + i];
            z[i] = row.iter().zip(z.iter()).map(|(a, b)| a * b).sum();
        }
    }
}

/// A matrix given by its rows, row-major.
///
/// # Errors
/// Unless there are as many rows as each has entries.
pub(crate) fn square(kernel: &'static str, rows: &[Vec<f64>]) -> Result<Vec<f64>, KernelError> {
    match rows.iter().find(|row| row.len() != rows.len()) {
        Some(row) => {
            let found = row.len() as f64;
            Err(KernelError { kernel, parameter: "matrix", expected: "as many rows as columns", found })
        }
        None => Ok(rows.concat()),
    }
}

/// `kernel` with z stretched by √A: its contours are the ellipsoids zᵀA⁻¹z = r².
///
/// Distances r are those of the shape. A does not depend on the time, so that J/p is the same multiple of z.
#[derive(Clone, Debug)]
pub struct Shaped<K> {
    kernel: K,
    shape: Arc<Shape>,
}

impl<K: PointSourceKernel> Shaped<K> {
    /// `matrix` A, symmetric.
    ///
    /// # Errors
    /// Unless A is positive definite.
    pub fn new<const N: usize>(kernel: K, matrix: [[f64; N]; N]) -> Result<Self, KernelError> {
        Self::with_rows(kernel, &matrix.map(|row| row.to_vec()))
    }

    /// The same with a matrix of any size, by rows.
    ///
    /// # Errors
    /// Unless A is square and positive definite.
    pub fn with_rows(kernel: K, rows: &[Vec<f64>]) -> Result<Self, KernelError> {
        let shape = Arc::new(Shape::of("Shaped", &square("Shaped", rows)?, rows.len())?);
        Ok(Self { kernel, shape })
    }
}

impl<K: PointSourceKernel> PointSourceKernel for Shaped<K> {
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.log_density(dim, t, r) - 0.5 * self.shape.log_determinant
    }

    fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.velocity_over_r(dim, t, r)
    }

    fn growth_rate(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.growth_rate(dim, t, r)
    }

    fn precise(&self, dim: usize, t: f64, r: f64) -> Precise {
        let mut found = self.kernel.precise(dim, t, r);
        found.log_density -= 0.5 * self.shape.log_determinant;
        found.accuracy.log_density += 1e-14 * self.shape.log_determinant.abs().max(1.0);
        found
    }

    fn log_mass(&self, t: f64) -> f64 {
        self.kernel.log_mass(t)
    }

    fn mean_growth_rate(&self, t: f64) -> f64 {
        self.kernel.mean_growth_rate(t)
    }

    /// Of the length of the wave vector in the shape, k² = kᵀAk.
    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        self.kernel.log_characteristic(t, k)
    }

    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        self.kernel.sample_subordinator(t, rng)
    }

    fn sigma(&self, t: f64) -> f64 {
        self.kernel.sigma(t)
    }

    fn time(&self, sigma: f64) -> f64 {
        self.kernel.time(sigma)
    }

    fn spread(&self, t: f64) -> f64 {
        self.kernel.spread(t)
    }

    fn sample_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        self.kernel.sample_displacement(t, rng, z);
        self.shape.stretch(z);
    }

    /// A displacement is a matrix times normal numbers.
    fn sample_scales<R: Rng + ?Sized>(&self, _t: f64, _dim: usize, _rng: &mut R, _scales: &mut [f64]) -> bool {
        false
    }

    fn spread_normals<R: Rng + ?Sized>(&self, t: f64, dim: usize, rng: &mut R, z: &mut [f64]) {
        self.kernel.spread_normals(t, dim, rng, z);
        z.chunks_exact_mut(dim).for_each(|row| self.shape.stretch(row));
    }

    fn distance(&self, z: &[f64]) -> f64 {
        self.shape.length(z)
    }

    fn is_self_similar(&self) -> bool {
        self.kernel.is_self_similar()
    }

    fn sample_moving_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        self.kernel.sample_moving_displacement(t, rng, z);
        self.shape.stretch(z);
    }

    fn mean_velocity_over_r(&self, dim: usize, t: f64) -> f64 {
        self.kernel.mean_velocity_over_r(dim, t)
    }

    fn sample_increment<R: Rng + ?Sized>(&self, t: [f64; 2], rng: &mut R, z: &mut [f64]) -> bool {
        let known = self.kernel.sample_increment(t, rng, z);
        if known {
            self.shape.stretch(z);
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Poisson;

    #[test]
    fn stretched_draws_have_the_density() {
        use rand::SeedableRng;
        let (kernel, matrix) = (Poisson::new(1.0).unwrap(), [[4.0, 1.0], [1.0, 2.0]]);
        let shaped = Shaped::new(kernel, matrix).unwrap();
        // The characteristic function of a draw is that of √(k·Ak).
        let (t, count, mut z) = (0.7, 40_000, [0.0; 2]);
        let mut rng = rand_chacha::ChaCha12Rng::seed_from_u64(5);
        let waves = [[0.3, 0.0], [0.2, -0.4], [0.0, 0.9]];
        let mut sums = [0.0; 3];
        for _ in 0..count {
            shaped.sample_displacement(t, &mut rng, &mut z);
            for (sum, k) in sums.iter_mut().zip(waves) {
                *sum += (k[0] * z[0] + k[1] * z[1]).cos() / f64::from(count);
            }
        }
        for (found, k) in sums.iter().zip(waves) {
            let form: f64 = 4.0 * k[0] * k[0] + 2.0 * k[0] * k[1] + 2.0 * k[1] * k[1];
            assert!((found - (-form.sqrt() * t).exp()).abs() < 0.02, "{k:?}: {found}");
        }
        // ∫p = 1 on a grid in the plane, up to the tail beyond it.
        let (step, half) = (0.1, 600);
        let mass: f64 = (-half..=half)
            .flat_map(|i| (-half..=half).map(move |j| [step * f64::from(i), step * f64::from(j)]))
            .map(|z| shaped.log_density(2, t, shaped.distance(&z)).exp() * step * step)
            .sum();
        assert!((mass - 1.0).abs() < 0.05, "{mass}");
        assert!(Shaped::new(kernel, [[1.0, 2.0], [2.0, 1.0]]).is_err());
    }
}
