//! The exact field of a finite data set, by direct summation.

use rayon::prelude::*;

use crate::error::Result;
use crate::generative_pde::GenerativePde;
use crate::velocity_field::VelocityField;

/// Posterior mean and growth for data that are a handful of points: what a perfect network would learn.
///
/// `E[f(y) | x, t] = Σ p(x, t | y_i) f(y_i) / Σ p(x, t | y_i)`. Costs `count · points · dim` per evaluation; an oracle
/// for tests of solvers, samplers and networks. Growth is the full rate, not relative to a point source.
pub struct EmpiricalField<'a> {
    pde: &'a dyn GenerativePde,
    points: &'a [f64],
    dim: usize,
}

impl<'a> EmpiricalField<'a> {
    /// The field of row-major `points`, `(count, dim)`, all of one weight.
    pub fn new(pde: &'a dyn GenerativePde, points: &'a [f64], dim: usize) -> Self {
        Self { pde, points, dim }
    }

    /// Natural logarithm of the density `p(x, t) = mean of p(x, t | y_i)` at one point.
    pub fn log_density(&self, x: &[f64], t: f64) -> f64 {
        let logs = self.distances(x).map(|r| self.pde.log_density(self.dim, t, r)).collect::<Vec<f64>>();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        top + (logs.iter().map(|log| (log - top).exp()).sum::<f64>() / logs.len() as f64).ln()
    }

    fn distances(&self, x: &[f64]) -> impl Iterator<Item = f64> {
        self.points
            .chunks_exact(self.dim)
            .map(move |y| x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt())
    }

    fn evaluate_point(&self, x: &[f64], t: f64, clean: &mut [f64]) -> f64 {
        let distances: Vec<f64> = self.distances(x).collect();
        let logs: Vec<f64> = distances.iter().map(|r| self.pde.log_density(self.dim, t, *r)).collect();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = logs.iter().map(|log| (log - top).exp()).collect();
        let total: f64 = weights.iter().sum();
        clean.fill(0.0);
        for (weight, y) in weights.iter().zip(self.points.chunks_exact(self.dim)) {
            for (clean, y) in clean.iter_mut().zip(y) {
                *clean += weight / total * y;
            }
        }
        let rate = |r: &f64| self.pde.growth_rate(self.dim, t, *r) / self.pde.velocity_over_r(self.dim, t, *r);
        weights.iter().zip(&distances).map(|(weight, r)| weight / total * rate(r)).sum()
    }
}

impl VelocityField for EmpiricalField<'_> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn evaluate(&self, x: &[f64], sigma: f64, clean: &mut [f64], growth: &mut [f64]) -> Result<()> {
        let t = self.pde.time(sigma);
        x.par_chunks(self.dim)
            .zip(clean.par_chunks_mut(self.dim))
            .zip(growth.par_iter_mut())
            .for_each(|((x, clean), growth)| *growth = self.evaluate_point(x, t, clean));
        Ok(())
    }
}
