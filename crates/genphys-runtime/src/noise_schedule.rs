//! Which noise levels are trained, and through which the sampler walks.

use rand::Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

use crate::generative_pde::GenerativePde;
use crate::seed::{Purpose, stream};

/// The range of the flow scale σ, and how training visits it. Lengths are in units of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoiseSchedule {
    /// Smallest flow scale: sampling ends here, with one last step to the denoised point.
    pub sigma_min: f64,
    /// Largest flow scale: the prior is drawn here.
    pub sigma_max: f64,
    /// Centre of the normal distribution of `ln σ` in training.
    pub log_mean: f64,
    /// Standard deviation of that distribution.
    pub log_deviation: f64,
    /// Fraction of examples whose `ln σ` is uniform over the whole range instead.
    pub uniform_fraction: f64,
    /// Exponent ρ of the sampler's grid; large values put more steps at small noise.
    pub rho: f64,
}

impl NoiseSchedule {
    /// The schedule of EDM (Karras et al., arXiv 2206.00364, table 1), scaled to data of deviation `sigma_data`.
    ///
    /// EDM's numbers are for a deviation of 0.5: σ from 0.002 to 80, `ln σ` normal with mean −1.2 and deviation 1.2.
    /// A part of the examples is spread evenly over the range, because heavy-tailed processes carry particles to
    /// every distance at every time, and because the ends of the range are rarely visited otherwise.
    pub fn for_data(sigma_data: f64) -> Self {
        let unit = sigma_data / 0.5;
        Self {
            sigma_min: 0.002 * unit,
            sigma_max: 80.0 * unit,
            log_mean: -1.2 + unit.ln(),
            log_deviation: 1.2,
            uniform_fraction: 0.2,
            rho: 7.0,
        }
    }

    /// The same with ends that suit the process, in `dim` dimensions.
    ///
    /// Under very heavy tails (PFGM++ with D below about 0.8, Lévy flights with α below about 0.8) much matter is far away at
    /// the smallest flow scale already, and some is still near where it started at the largest. The ends are moved, by
    /// factors of ten, until at the smallest scale at most one displacement in a hundred exceeds the data's deviation in a
    /// coordinate, and at the largest the mean of `min(1, N σ_d²/4u)`, which bounds how far the prior is from the density of
    /// the data, is at most one in a hundred above that of a Gaussian. Other processes keep the ends.
    pub fn for_process(pde: &dyn GenerativePde, dim: usize, sigma_data: f64) -> Self {
        let mut schedule = Self::for_data(sigma_data);
        let far = |sigma: f64| {
            let share = |z: &[f64]| if z[0].abs() > sigma_data { 1.0 } else { 0.0 };
            mean_over_displacements(pde, 1, sigma, share) > SHARE
        };
        // With births and deaths the population looks ahead and spreads with the flow scale, however the kernel does.
        let near = |sigma: f64| {
            if !pde.growth_is_uniform() {
                return false;
            }
            // u from the length of a displacement: 2u per coordinate.
            let square = dim as f64 * sigma_data * sigma_data;
            let gaussian = (0.5 * square / (sigma * sigma)).min(1.0);
            let distance = |z: &[f64]| {
                let twice_u = z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64;
                (0.5 * square / twice_u).min(1.0)
            };
            mean_over_displacements(pde, COORDINATES.min(*pde.dims().end()), sigma, distance) > gaussian + SHARE
        };
        while schedule.sigma_min > 1e-12 * sigma_data && far(schedule.sigma_min) {
            schedule.sigma_min *= 0.1;
        }
        while schedule.sigma_max < 1e12 * sigma_data && near(schedule.sigma_max) {
            schedule.sigma_max *= 10.0;
        }
        schedule
    }

    /// A random flow scale for one training example.
    pub fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let (low, high) = (self.sigma_min.ln(), self.sigma_max.ln());
        // Both variates are always drawn, so that the stream advances by the same amount for every example.
        let normal: f64 = rng.sample(StandardNormal);
        let (choice, uniform): (f64, f64) = (rng.random(), rng.random());
        let log_sigma = if choice < self.uniform_fraction {
            low + (high - low) * uniform
        } else {
            self.log_mean + self.log_deviation * normal
        };
        log_sigma.clamp(low, high).exp()
    }

    /// The flow scale nearest to `sigma` on a grid of 512 levels, evenly spaced in `ln σ` over the range.
    pub fn level_near(&self, sigma: f64) -> f64 {
        const LEVELS: f64 = 511.0;
        let (low, high) = (self.sigma_min.ln(), self.sigma_max.ln());
        let step = (high - low) / LEVELS;
        (low + ((sigma.ln() - low) / step).round().clamp(0.0, LEVELS) * step).exp()
    }
}

/// Share of matter that may be at the wrong place at either end.
const SHARE: f64 = 0.01;
/// Coordinates of a displacement from which its size is read.
const COORDINATES: usize = 64;

/// The mean of a function over draws of the displacement at a flow scale, always the same draws.
fn mean_over_displacements(pde: &dyn GenerativePde, dim: usize, sigma: f64, f: impl Fn(&[f64]) -> f64) -> f64 {
    const DRAWS: u32 = 4000;
    let t = pde.time(sigma);
    let mut rng = stream(0, Purpose::Calibration, 3);
    let mut z = vec![0.0; dim];
    let sum: f64 = (0..DRAWS)
        .map(|_| {
            pde.displacement(t, &mut rng, &mut z);
            f(&z)
        })
        .sum();
    sum / f64::from(DRAWS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{Heat, Poisson, Yukawa};

    #[test]
    fn draws_stay_in_range_and_have_the_stated_median() {
        let schedule = NoiseSchedule { uniform_fraction: 0.0, ..NoiseSchedule::for_data(1.0) };
        let mut rng = stream(1, Purpose::Calibration, 1);
        let mut draws: Vec<f64> = (0..4001).map(|_| schedule.draw(&mut rng)).collect();
        draws.sort_by(f64::total_cmp);
        assert!(draws[0] >= schedule.sigma_min && draws[4000] <= schedule.sigma_max);
        assert!((draws[2000].ln() - schedule.log_mean).abs() < 0.08);
    }

    #[test]
    fn ordinary_processes_keep_the_ends() {
        let expected = NoiseSchedule::for_data(0.5);
        for pde in [&Heat as &dyn GenerativePde, &Poisson, &Yukawa { m: 1.0 }] {
            for dim in [1, 2, 784] {
                assert_eq!(NoiseSchedule::for_process(pde, dim, 0.5), expected, "{} {dim}", pde.name());
            }
        }
    }
}
