//! The exact field of a finite data set, by direct summation.

use rayon::prelude::*;

use crate::error::{FieldError, Result};
use crate::field::velocity_field::{FieldValues, VelocityField};
use crate::process::generative_pde::{GenerativePde, Spreading, time_per_log_sigma, velocities_over_r};

/// Posterior mean and growth for data that are a handful of points: what a perfect network would learn.
///
/// `E[f(y) | x, t] = Σ p(x, t | y_i) f(y_i) / Σ p(x, t | y_i)`. Costs `count · points · dim` per evaluation; an oracle
/// for tests of solvers, samplers and networks. Growth is the full rate, not relative to a point source.
/// Where the spreading is not self-similar data points also count with their velocities: see [`GenerativePde`].
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
        let logs = self.displacements(x).map(|z| self.log_density_of(&z, t)).collect::<Vec<f64>>();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        top + (logs.iter().map(|log| (log - top).exp()).sum::<f64>() / logs.len() as f64).ln()
    }

    fn displacements(&self, x: &[f64]) -> impl Iterator<Item = Vec<f64>> {
        self.points.chunks_exact(self.dim).map(move |y| x.iter().zip(y).map(|(x, y)| x - y).collect())
    }

    fn log_density_of(&self, z: &[f64], t: f64) -> f64 {
        match self.pde.spreading() {
            Spreading::PerCoordinate => z.iter().map(|z| self.pde.log_density(1, t, z.abs())).sum(),
            Spreading::Radial | Spreading::SelfSimilar => self.pde.log_density(self.dim, t, self.pde.distance(z)),
        }
    }

    /// Fills `clean` and the mean of `velocity_over_r`, `(dim,)`, and returns the growth rate, both per unit of time.
    fn evaluate_point(&self, x: &[f64], t: f64, clean: &mut [f64], velocity: &mut [f64]) -> f64 {
        let displacements: Vec<Vec<f64>> = self.displacements(x).collect();
        let logs: Vec<f64> = displacements.iter().map(|z| self.log_density_of(z, t)).collect();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = logs.iter().map(|log| (log - top).exp()).collect();
        let total: f64 = weights.iter().sum();
        clean.fill(0.0);
        velocity.fill(0.0);
        let mut growth = 0.0;
        for ((weight, z), y) in weights.iter().zip(&displacements).zip(self.points.chunks_exact(self.dim)) {
            let rates = velocities_over_r(self.pde, t, z);
            let share = weight / total;
            if share == 0.0 {
                continue;
            }
            for (((clean, velocity), y), rate) in clean.iter_mut().zip(velocity.iter_mut()).zip(y).zip(&rates) {
                *clean += share * rate * y;
                *velocity += share * rate;
            }
            if !self.pde.conserves_particles() {
                growth += share * self.pde.growth_rate(self.dim, t, self.pde.distance(z));
            }
        }
        for (clean, velocity) in clean.iter_mut().zip(velocity) {
            *clean /= *velocity;
        }
        growth
    }
}

impl VelocityField for EmpiricalField<'_> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, FieldError> {
        let (t, time) = (self.pde.time(sigma), time_per_log_sigma(self.pde, sigma));
        let (mut clean, mut pace) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        let mut growth = vec![0.0; x.len() / self.dim];
        x.par_chunks(self.dim)
            .zip(clean.par_chunks_mut(self.dim))
            .zip(pace.par_chunks_mut(self.dim))
            .zip(growth.par_iter_mut())
            .for_each(|(((x, clean), pace), growth)| *growth = self.evaluate_point(x, t, clean, pace));
        // Both per unit of ln σ from here on.
        growth.iter_mut().chain(&mut pace).for_each(|rate| *rate *= time);
        let pace = (self.pde.spreading() != Spreading::SelfSimilar).then_some(pace);
        Ok(FieldValues { clean, growth, pace })
    }
}
