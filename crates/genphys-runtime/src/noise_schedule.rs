//! Which noise levels are trained, and through which the sampler walks.

use rand::Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::{Purpose, stream};

    #[test]
    fn draws_stay_in_range_and_have_the_stated_median() {
        let schedule = NoiseSchedule { uniform_fraction: 0.0, ..NoiseSchedule::for_data(1.0) };
        let mut rng = stream(1, Purpose::Calibration, 1);
        let mut draws: Vec<f64> = (0..4001).map(|_| schedule.draw(&mut rng)).collect();
        draws.sort_by(f64::total_cmp);
        assert!(draws[0] >= schedule.sigma_min && draws[4000] <= schedule.sigma_max);
        assert!((draws[2000].ln() - schedule.log_mean).abs() < 0.08);
    }
}
