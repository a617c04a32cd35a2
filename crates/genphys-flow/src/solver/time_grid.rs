//! The flow scales at which a sampler stops on its way.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{FlowError, Result};
use crate::process::noise_schedule::NoiseSchedule;

/// How flow scales are spread between the largest and the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeGrid {
    /// Evenly in `σ^{1/ρ}` (Karras et al., arXiv 2206.00364, eq. 5); with ρ = 7 more of them at small noise.
    Edm,
    /// Evenly in `ln σ`: the limit of large ρ.
    Geometric,
    /// Evenly in σ, ρ = 1: even in time for half-space equations.
    Uniform,
}

impl TimeGrid {
    /// All grids.
    pub const ALL: [Self; 3] = [Self::Edm, Self::Geometric, Self::Uniform];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Edm => "edm",
            Self::Geometric => "geometric",
            Self::Uniform => "uniform",
        }
    }

    /// Flow scales of `steps` steps: `steps + 1` values from the largest down to the smallest and then zero. `rho` is
    /// the exponent ρ of [`Edm`](Self::Edm).
    pub fn scales(self, schedule: &NoiseSchedule, rho: f64, steps: usize) -> Vec<f64> {
        let (high, low) = (schedule.sigma_max, schedule.sigma_min);
        let last = steps.saturating_sub(1).max(1) as f64;
        let power = |rho: f64, share: f64| {
            let (high, low) = (high.powf(1.0 / rho), low.powf(1.0 / rho));
            (high + share * (low - high)).powf(rho)
        };
        let scale = |i: usize| {
            let share = i as f64 / last;
            match self {
                // Ends to the bit, whatever powers and logarithms lose.
                _ if i == 0 => high,
                _ if i as f64 == last => low,
                Self::Edm => power(rho, share),
                Self::Geometric => high * (low / high).powf(share),
                Self::Uniform => power(1.0, share),
            }
        };
        (0..steps).map(scale).chain([0.0]).collect()
    }
}

impl FromStr for TimeGrid {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|grid| grid.name() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|grid| grid.name()).collect();
            FlowError::Setting(format!("unknown time grid `{text}`; known: {}", known.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_run_from_top_to_bottom_to_zero() {
        let schedule = NoiseSchedule::for_data(0.5);
        for kind in TimeGrid::ALL {
            let grid = kind.scales(&schedule, 7.0, 18);
            assert_eq!(grid.len(), 19);
            assert!(grid[0] == 80.0 && grid[17] == schedule.sigma_min && grid[18] == 0.0);
            assert!(grid.windows(2).all(|pair| pair[0] > pair[1]), "{grid:?}");
            assert_eq!(kind.scales(&schedule, 7.0, 1), [80.0, 0.0]);
            assert!(kind.name().parse::<TimeGrid>().is_ok_and(|found| found == kind));
        }
        // EDM eq. 5 at i = 9 of 18.
        let expected =
            (80f64.powf(1.0 / 7.0) + 9.0 / 17.0 * (0.002f64.powf(1.0 / 7.0) - 80f64.powf(1.0 / 7.0))).powi(7);
        assert!((TimeGrid::Edm.scales(&schedule, 7.0, 18)[9] / expected - 1.0).abs() < 1e-12);
        let geometric = TimeGrid::Geometric.scales(&schedule, 7.0, 18);
        assert!((geometric[4] * geometric[6] / geometric[5].powi(2) - 1.0).abs() < 1e-12);
    }
}
