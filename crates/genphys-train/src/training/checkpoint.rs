//! Checkpoints, and models read back from them.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use serde::{Deserialize, Serialize};

use super::model_config::{Member, ModelConfig};
use crate::denoiser::Denoiser;
use crate::error::{Result, RuntimeError};
use crate::run_dir::{EMA, RunDir, STATE, STATISTICS};
use genphys_data::statistics::DataStatistics;
use genphys_flow::GenerativePde;
use genphys_nn::network::{NetworkSetup, ParameterStore};

/// A run's `state.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingState {
    /// Steps done.
    pub step: u64,
    /// Wall time of training so far, in seconds.
    pub seconds: f64,
}

/// More steps than a training ever does: their number times that of their parts is still one.
const MOST_STEPS: u64 = 1 << 39;

impl TrainingState {
    /// Reads and checks it.
    pub(super) fn read(run: &RunDir) -> Result<Self> {
        let state: Self = run.read_json(STATE)?;
        if state.step > MOST_STEPS || !state.seconds.is_finite() || state.seconds < 0.0 {
            let found = format!("{} steps in {} seconds", state.step, state.seconds);
            return Err(run.unusable(STATE, "a number of steps and of seconds", found));
        }
        Ok(state)
    }
}

/// A model to sample from: one of a run's moving averages.
pub struct TrainedModel {
    /// The run's settings.
    pub config: ModelConfig,
    /// The values of the equation's parameters, and what follows from them.
    pub member: Member,
    /// How far it was trained.
    pub state: TrainingState,
    /// Mean and scale of the training data.
    pub statistics: DataStatistics,
    /// The denoiser.
    pub denoiser: Denoiser,
}

impl TrainedModel {
    /// Reads the model in the folder `path`, with the first of its moving averages.
    ///
    /// # Errors
    /// When there is none, a file is damaged, or it was trained with another equation.
    pub fn load(pde: &dyn GenerativePde, path: &Path, setup: impl Into<NetworkSetup>) -> Result<Self> {
        Self::load_average(pde, path, setup, None)
    }

    /// Reads the model in the folder `path`, with the moving average of the given half-life in steps. Of several
    /// equations that were learned together it is the model of `pde`.
    ///
    /// # Errors
    /// When there is none, a file is damaged, or it was trained with another equation.
    pub fn load_average(
        pde: &dyn GenerativePde,
        path: &Path,
        setup: impl Into<NetworkSetup>,
        half_life: Option<f64>,
    ) -> Result<Self> {
        let setup = setup.into();
        RunDir::consistently(path, |run| Self::read(run, pde, &setup, half_life))
    }

    fn read(run: &RunDir, pde: &dyn GenerativePde, setup: &NetworkSetup, half_life: Option<f64>) -> Result<Self> {
        run.verify()?;
        let config = ModelConfig::read(run)?;
        config.check_pde(pde)?;
        let number = config.number(pde).unwrap_or_default();
        let (member, label) = (config.members[number].clone(), config.label(number));
        let half_lives = &config.training.ema_half_lives;
        let index = match half_life {
            Some(wanted) => half_lives.iter().position(|known| *known == wanted).ok_or_else(|| {
                RuntimeError::Setting(format!("this run kept averages with half-lives of {half_lives:?} steps"))
            })?,
            None => 0,
        };
        let prefix = ema_prefix(index, half_lives.get(index).copied().unwrap_or_default());
        let state = TrainingState::read(run)?;
        let statistics = read_statistics(run, &config)?;
        let (tensors, file) = (run.read_tensors(EMA)?, run.file(EMA));
        let store = ParameterStore::frozen(&setup.backend, 0).to_be_read(&tensors, &prefix, &file);
        let scale = member.growth_scale;
        let denoiser = Denoiser::with_parameters(pde, &statistics, &config.network, scale, store, setup.own)?;
        let denoiser = denoiser.with_label(label);
        denoiser.parameters().import(&tensors, &prefix, &file)?;
        Ok(Self { config, member, state, statistics, denoiser })
    }
}

/// What stands before the names of a moving average's tensors: nothing for the first, as in runs with one only.
pub(super) fn ema_prefix(index: usize, half_life: f64) -> String {
    if index == 0 { String::new() } else { format!("half_life_{half_life}/") }
}

/// Tensors of `statistics.safetensors`, in `f64`.
pub(super) fn statistics_tensors(statistics: &DataStatistics) -> Result<HashMap<String, Tensor>> {
    let tensor = |values: &[f64]| Tensor::from_slice(values, values.len(), &Device::Cpu);
    Ok(HashMap::from([
        ("mean".to_owned(), tensor(&statistics.mean)?),
        ("whitener".to_owned(), tensor(&statistics.whitener)?),
    ]))
}

/// Reads `statistics.safetensors`; the numbers beside it are in the configuration.
pub(super) fn read_statistics(run: &RunDir, config: &ModelConfig) -> Result<DataStatistics> {
    let tensors = run.read_tensors(STATISTICS)?;
    let dim = config.network.dim;
    let values = |name: &str, lengths: &[usize]| -> Result<Vec<f64>> {
        let problem = |found: String| RuntimeError::RunFile {
            path: run.file(STATISTICS),
            expected: format!("`{name}` of {lengths:?} values"),
            found,
        };
        let tensor = tensors.get(name).ok_or_else(|| problem("no such tensor".to_owned()))?;
        if !lengths.contains(&tensor.elem_count()) {
            return Err(problem(format!("{} values", tensor.elem_count())));
        }
        let values: Vec<f64> = tensor.flatten_all()?.to_dtype(DType::F64)?.to_vec1()?;
        if values.iter().any(|value| !value.is_finite()) {
            return Err(problem("values that are no finite numbers".to_owned()));
        }
        Ok(values)
    };
    Ok(DataStatistics {
        mean: values("mean", &[dim])?,
        sigma_data: config.sigma_data,
        whitener: values("whitener", &[dim, dim * dim])?,
        whitened_norm: config.whitened_norm,
        whitened_deviation: config.whitened_deviation,
    })
}
