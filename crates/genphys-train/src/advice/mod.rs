//! Settings proposed before training, from the data and the equation, with reasons.

mod rehearsal;

pub use genphys_flow::noise_range::{PRIOR_ERROR, PriorError};
pub use rehearsal::{Rehearsal, rehearse};

use serde::Serialize;

use crate::error::Result;
use crate::training::TrainConfig;
use genphys_data::Dataset;
use genphys_data::statistics::DataStatistics;
use genphys_flow::GenerativePde;
use genphys_flow::noise_range::DataScale;
use genphys_flow::noise_schedule::NoiseSchedule;

/// The range of noise levels for these data: see [`noise_range`](genphys_flow::noise_range::noise_range).
pub fn noise_range(pde: &dyn GenerativePde, statistics: &DataStatistics) -> (NoiseSchedule, PriorError) {
    let data = DataScale { dim: statistics.dim(), sigma_data: statistics.sigma_data };
    genphys_flow::noise_range::noise_range(pde, data)
}

/// Everything that is proposed for data under an equation.
#[derive(Clone, Debug, Serialize)]
pub struct Advice {
    /// Name of the equation.
    pub pde: String,
    /// Its parameters, as they are.
    pub params: Vec<(&'static str, f64)>,
    /// Name of the data set.
    pub data: String,
    /// Number of points, held-out ones included.
    pub points: usize,
    /// N: coordinates per point.
    pub dim: usize,
    /// Standard deviation of a coordinate.
    pub sigma_data: f64,
    /// Range of noise levels, and how it is visited. `train` uses the same.
    pub schedule: NoiseSchedule,
    /// What the largest noise level leaves of the data.
    pub prior_error: PriorError,
    /// Settings of the training. `train` uses the same.
    pub training: TrainConfig,
    /// Most steps and minutes, whichever comes first.
    pub limits: (u64, f64),
    /// Rehearsed values of each parameter; empty where there is nothing to choose or no rehearsal.
    pub rehearsals: Vec<Rehearsal>,
}

/// Looks at the data, of which the same part is held out as in training, and proposes.
///
/// # Errors
/// When the data do not vary or the equation is not one in their dimension.
pub fn advise(pde: &dyn GenerativePde, data: &Dataset, seed: u64) -> Result<Advice> {
    let training = TrainConfig { seed, ..TrainConfig::for_data(&data.shape) };
    let (train, _) = data.split(training.held_out, seed)?;
    let statistics = DataStatistics::of(&train.points, data.dim())?;
    let (schedule, prior_error) = noise_range(pde, &statistics);
    let rehearsals = rehearse(pde, &train.points, &statistics, seed)?;
    Ok(Advice {
        pde: pde.name().to_owned(),
        params: pde.params(),
        data: data.name.clone(),
        points: data.len(),
        dim: data.dim(),
        sigma_data: statistics.sigma_data,
        schedule,
        prior_error,
        limits: TrainConfig::default_limits(&data.shape),
        training,
        rehearsals,
    })
}
