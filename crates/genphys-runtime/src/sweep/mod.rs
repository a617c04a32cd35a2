//! One model for each of several values of a parameter: equal budgets, the same measurements.

mod budget;
mod table;

pub use budget::{Budget, Trainability};
pub use table::{csv, picture};

use std::path::{Path, PathBuf};

use candle_core::Device;
use serde::{Deserialize, Serialize};

use crate::data::Dataset;
use crate::error::{Result, RuntimeError};
use crate::evaluation::{EvaluationConfig, evaluate, sample_scores};
use crate::generative_pde::GenerativePde;
use crate::loss::LossFn;
use crate::metrics::Scores;
use crate::run_dir::RunDir;
use crate::training::{TrainConfig, TrainedModel, Trainer};

/// Evaluations of the network per sample of the robustness test, beside the usual number.
const FEW_EVALUATIONS: [usize; 3] = [9, 13, 19];
/// Bits of a weight (PFGM++, arXiv 2302.04265, section 6).
const BITS: [u32; 5] = [9, 8, 7, 6, 5];
/// Noise injected at every step, as a share of the flow scale (the same).
const DISTURBANCES: [f64; 2] = [0.1, 0.2];

/// What is done for every value.
#[derive(Clone, Debug)]
pub struct SweepConfig {
    /// Settings of the trainings.
    pub training: TrainConfig,
    /// When a training ends.
    pub budget: Budget,
    /// How its samples are measured.
    pub evaluation: EvaluationConfig,
    /// The data as the user named them.
    pub source: String,
    /// A folder for each value, and the tables, are made in it.
    pub out: PathBuf,
}

/// A measurement under a difficulty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difficulty {
    /// What was made worse: `nfe`, `bits`, or `alpha`, noise injected at every step (PFGM++, arXiv 2302.04265, section 6).
    pub kind: String,
    /// How far.
    pub amount: f64,
    /// The scores of the samples.
    pub scores: Scores,
}

/// What was found for one value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepPoint {
    /// The parameter.
    pub param: String,
    /// Its value.
    pub value: f64,
    /// Name of the data set.
    pub data: String,
    /// What the training was like.
    pub trainability: Trainability,
    /// Scores of the samples.
    pub samples: Scores,
    /// Scores of fresh real points.
    pub floor: Scores,
    /// The same model with fewer evaluations or bits, or disturbed.
    pub robustness: Vec<Difficulty>,
    /// Budget and settings, to tell a finished value from one of another sweep.
    pub settings: String,
}

/// The file of a finished value.
const POINT: &str = "sweep.json";

impl SweepConfig {
    fn settings(&self) -> Result<String> {
        let training =
            serde_json::to_string(&self.training).map_err(|error| RuntimeError::Setting(error.to_string()))?;
        Ok(format!("{} {:?} {:?} {training}", self.source, self.budget, self.evaluation))
    }
}

/// Trains and measures the equation `pde`, whose parameter `param` has the value to be tried. What is finished is not done
/// again, and an interrupted training goes on. `progress` is told the share of the budget that is used.
///
/// # Errors
/// When training or sampling fails, or a folder holds something else.
pub fn sweep_point(
    pde: &dyn GenerativePde,
    loss: LossFn,
    (param, value): (&str, f64),
    data: &Dataset,
    config: &SweepConfig,
    progress: &mut dyn FnMut(f64),
) -> Result<SweepPoint> {
    let folder = config.out.join(format!("{param}={value}"));
    let settings = config.settings()?;
    if let Some(point) = finished(&folder, &settings)? {
        return Ok(point);
    }
    let device = Device::Cpu;
    let mut trainer = if RunDir::exists(&folder) {
        Trainer::resume(pde, loss, &folder, data, &device)?
    } else {
        Trainer::new(pde, loss, &config.source, data, config.training.clone(), &device)?
    };
    let trainability = config.budget.train(&mut trainer, &folder, progress)?;
    let model = TrainedModel::load(pde, &folder, &device)?;
    let usual = evaluate(pde, &model, data, &config.evaluation)?;
    let mut robustness = Vec::new();
    for nfe in FEW_EVALUATIONS {
        let mut harder = config.evaluation.clone();
        harder.sampler.nfe = nfe;
        let scores = sample_scores(pde, &model, data, &harder)?;
        robustness.push(Difficulty { kind: "nfe".to_owned(), amount: nfe as f64, scores });
    }
    for alpha in DISTURBANCES {
        let mut harder = config.evaluation.clone();
        harder.sampler.disturbance = alpha;
        let scores = sample_scores(pde, &model, data, &harder)?;
        robustness.push(Difficulty { kind: "alpha".to_owned(), amount: alpha, scores });
    }
    for bits in BITS {
        let harder = EvaluationConfig { bits: Some(bits), ..config.evaluation.clone() };
        let scores = sample_scores(pde, &model, data, &harder)?;
        robustness.push(Difficulty { kind: "bits".to_owned(), amount: f64::from(bits), scores });
    }
    let point = SweepPoint {
        param: param.to_owned(),
        value,
        data: data.name.clone(),
        trainability,
        samples: usual.quality.samples,
        floor: usual.quality.floor,
        robustness,
        settings,
    };
    write(&folder.join(POINT), &point)?;
    Ok(point)
}

fn finished(folder: &Path, settings: &str) -> Result<Option<SweepPoint>> {
    let path = folder.join(POINT);
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(None) };
    let wrong = |found: String| RuntimeError::RunFile {
        path: path.clone(),
        expected: "a value of this sweep; choose another --out".to_owned(),
        found,
    };
    let point: SweepPoint = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if point.settings == settings { Ok(Some(point)) } else { Err(wrong("one with other settings".to_owned())) }
}

/// Writes a JSON value, whole or not at all.
///
/// # Errors
/// When the disk is full or not writable.
pub fn write<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(|error| RuntimeError::Setting(error.to_string()))?;
    let partial = path.with_extension("partial");
    std::fs::write(&partial, text + "\n").map_err(RuntimeError::io("cannot write", &partial))?;
    std::fs::rename(&partial, path).map_err(RuntimeError::io("cannot write", path))
}
