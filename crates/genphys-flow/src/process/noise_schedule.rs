//! Which noise levels are trained, and through which the sampler walks.

use rand::RngCore;
use serde::{Deserialize, Serialize};

use crate::error::{FlowError, Result};
use genphys_numeric::fill_normals;
use genphys_numeric::{exp, vectorised};

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

    /// Checks that every number is in its range.
    ///
    /// # Errors
    /// Names the first that is not.
    pub fn check(&self) -> Result<()> {
        let Self { sigma_min, sigma_max, log_mean, log_deviation, uniform_fraction, rho } = *self;
        let wrong = |message: String| Err(FlowError::Setting(message));
        // The logarithm of a subnormal number is one, but hardly a length.
        if !(sigma_min.is_normal() && sigma_min > 0.0 && sigma_min < sigma_max && sigma_max.is_finite()) {
            return wrong(format!("0 < sigma_min < sigma_max must hold, found {sigma_min} and {sigma_max}"));
        }
        if !(log_mean.is_finite() && log_deviation.is_finite() && log_deviation >= 0.0) {
            return wrong(format!("noise levels have no mean {log_mean} and deviation {log_deviation}"));
        }
        if !(0.0..=1.0).contains(&uniform_fraction) {
            return wrong(format!("the fraction of even noise levels must be in [0, 1], found {uniform_fraction}"));
        }
        if !(rho.is_finite() && rho > 0.0) {
            return wrong(format!("rho must be a positive number, found {rho}"));
        }
        Ok(())
    }

    /// Random flow scales for `count` training examples.
    pub fn draw(&self, count: usize, rng: &mut impl RngCore) -> Vec<f64> {
        let mut sigmas = vec![0f32; count];
        fill_normals(rng, &mut sigmas);
        let mut words = vec![0; 4 * count];
        rng.fill_bytes(&mut words);
        let (mean, deviation) = (self.log_mean as f32, self.log_deviation as f32);
        let (low, high) = (self.sigma_min.ln() as f32, self.sigma_max.ln() as f32);
        let fraction = self.uniform_fraction as f32;
        // Where a share of the unit interval stands for the uniform law, the place in that share is the uniform number.
        let slope = if fraction > 0.0 { (high - low) / fraction } else { 0.0 };
        vectorised(
            #[inline(always)]
            || {
                for (value, word) in sigmas.iter_mut().zip(words.as_chunks::<4>().0) {
                    let share = (u32::from_le_bytes(*word) >> 8) as f32 * (1.0 / 16_777_216.0);
                    let log_sigma = if share < fraction { low + slope * share } else { mean + deviation * *value };
                    *value = exp(log_sigma);
                }
            },
        );
        sigmas.into_iter().map(|sigma| f64::from(sigma).clamp(self.sigma_min, self.sigma_max)).collect()
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
    use genphys_numeric::seed::{Purpose, stream};

    #[test]
    fn draws_stay_in_range_and_have_the_stated_median() {
        let schedule = NoiseSchedule { uniform_fraction: 0.0, ..NoiseSchedule::for_data(1.0) };
        let mut rng = stream(1, Purpose::Calibration, 1);
        let mut draws = schedule.draw(4001, &mut rng);
        draws.sort_by(f64::total_cmp);
        assert!(draws[0] >= schedule.sigma_min && draws[4000] <= schedule.sigma_max);
        assert!((draws[2000].ln() - schedule.log_mean).abs() < 0.08);
    }

    #[test]
    fn a_share_of_the_draws_is_spread_evenly() {
        // The normal part stays where it is put, in a small part of the range.
        let schedule = NoiseSchedule { log_mean: 1.0, log_deviation: 1e-3, ..NoiseSchedule::for_data(1.0) };
        let count = 40_000;
        let draws = schedule.draw(count, &mut stream(1, Purpose::Calibration, 2));
        let (low, high) = (schedule.sigma_min.ln(), schedule.sigma_max.ln());
        let places: Vec<f64> = draws.into_iter().map(|sigma| (sigma.ln() - low) / (high - low)).collect();
        for (from, to) in [(0.0, 0.1), (0.3, 0.6), (0.8, 1.0)] {
            let inside = places.iter().filter(|place| (from..to).contains(*place)).count() as f64;
            let expected = schedule.uniform_fraction * (to - from) * count as f64;
            assert!((inside - expected).abs() < 4.0 * expected.sqrt(), "{inside} between {from} and {to}");
        }
    }
}
