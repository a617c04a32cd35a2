//! One model for each of several values of a parameter, or one for all: equal budgets, the same measurements.

mod budget;
mod table;

pub use budget::{Budget, Trainability};
pub use table::{csv, picture};

use std::path::{Path, PathBuf};

use candle_core::Device;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Result, RuntimeError, Setting};
use crate::evaluation::{EvaluationConfig, evaluate, sample_scores};
use crate::loss::LossFn;
use crate::run_dir::RunDir;
use crate::training::{TrainConfig, TrainedModel, Trainer};
use genphys_data::Dataset;
use genphys_flow::GenerativePde;
use genphys_metrics::Scores;

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
    /// What was made worse: `nfe`, `bits`, or `alpha`, noise injected at every step (PFGM++, arXiv 2302.04265, section
    /// 6).
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

/// The file of a finished value in a folder of its own.
const POINT: &str = "sweep.json";

/// The folder of the one training, where there is one for all values, and what it was like.
const JOINTLY: &str = "jointly";
const TRAINABILITY: &str = "trainability.json";

impl SweepConfig {
    fn settings(&self) -> Result<String> {
        let training =
            serde_json::to_string(&self.training).map_err(|error| RuntimeError::Setting(error.to_string()))?;
        Ok(format!("{} {:?} {:?} {training}", self.source, self.budget, self.evaluation))
    }
}

/// Trains and measures the equation `pde`, whose parameter `param` has the value to be tried. What is finished is not
/// done again, and an interrupted training goes on. `progress` is told the share of the budget that is used.
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
    let (file, settings) = (folder.join(POINT), config.settings()?);
    if let Some(point) = finished(&file, &settings)? {
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
    let point = measure(pde, &model, (param, value), data, config, (trainability, settings))?;
    write(&file, &point)?;
    Ok(point)
}

/// Trains one network for all `models`, whose parameter `param` has one of `values` each, and measures it for each of
/// them. The budget is that of the one training. What is finished is not done again, and an interrupted training goes
/// on.
///
/// # Errors
/// When training or sampling fails, or the folder holds something else.
pub fn sweep_jointly(
    models: &[&dyn GenerativePde],
    loss: LossFn,
    (param, values): (&str, &[f64]),
    data: &Dataset,
    config: &SweepConfig,
    progress: &mut dyn FnMut(f64),
) -> Result<Vec<SweepPoint>> {
    let folder = config.out.join(JOINTLY);
    let device = Device::Cpu;
    let settings = format!("{} jointly {param}={values:?}", config.settings()?);
    let known = |value: &f64| finished(&folder.join(format!("{param}={value}.json")), &settings);
    let mut points = values.iter().map(known).collect::<Result<Vec<_>>>()?;
    let at_end = folder.join(TRAINABILITY);
    let trainability = match read::<(String, Trainability)>(&at_end)? {
        Some((with, trainability)) if with == settings => trainability,
        Some(_) => return Err(with_other_settings(&at_end)),
        None => {
            let mut trainer = if RunDir::exists(&folder) {
                Trainer::resume_jointly(models, loss, &folder, data, &device)?
            } else {
                Trainer::jointly(models, loss, &config.source, data, config.training.clone(), &device)?
            };
            let trainability = config.budget.train(&mut trainer, &folder, progress)?;
            write(&at_end, &(&settings, trainability))?;
            trainability
        }
    };
    for ((point, pde), value) in points.iter_mut().zip(models).zip(values) {
        if point.is_none() {
            let model = TrainedModel::load(*pde, &folder, &device)?;
            let measured = measure(*pde, &model, (param, *value), data, config, (trainability, settings.clone()))?;
            write(&folder.join(format!("{param}={value}.json")), &measured)?;
            *point = Some(measured);
        }
    }
    Ok(points.into_iter().flatten().collect())
}

/// Measures a trained model, as it is and under difficulties.
fn measure(
    pde: &dyn GenerativePde,
    model: &TrainedModel,
    (param, value): (&str, f64),
    data: &Dataset,
    config: &SweepConfig,
    (trainability, settings): (Trainability, String),
) -> Result<SweepPoint> {
    let usual = evaluate(pde, model, data, &config.evaluation)?;
    let mut robustness = Vec::new();
    let mut difficulty = |kind: &str, amount: f64, harder: EvaluationConfig| -> Result<()> {
        let scores = sample_scores(pde, model, data, &harder)?;
        robustness.push(Difficulty { kind: kind.to_owned(), amount, scores });
        Ok(())
    };
    for nfe in FEW_EVALUATIONS {
        let mut harder = config.evaluation.clone();
        harder.sampler.nfe = nfe;
        difficulty("nfe", nfe as f64, harder)?;
    }
    for alpha in DISTURBANCES {
        let mut harder = config.evaluation.clone();
        harder.sampler.disturbance = alpha;
        difficulty("alpha", alpha, harder)?;
    }
    for bits in BITS {
        difficulty("bits", f64::from(bits), EvaluationConfig { bits: Some(bits), ..config.evaluation.clone() })?;
    }
    Ok(SweepPoint {
        param: param.to_owned(),
        value,
        data: data.name.clone(),
        trainability,
        samples: usual.quality.samples,
        floor: usual.quality.floor,
        robustness,
        settings,
    })
}

/// The value in the file, if it was finished with these settings.
fn finished(path: &Path, settings: &str) -> Result<Option<SweepPoint>> {
    match read::<SweepPoint>(path)? {
        Some(point) if point.settings != settings => Err(with_other_settings(path)),
        point => Ok(point),
    }
}

/// What a file of another sweep is told.
const ANOTHER: &str = "a part of this sweep; choose another folder";

fn with_other_settings(path: &Path) -> RuntimeError {
    not_ours(path, "one with other settings".to_owned())
}

fn not_ours(path: &Path, found: String) -> RuntimeError {
    RuntimeError::RunFile { path: path.to_owned(), expected: ANOTHER.to_owned(), found }.about([Setting::Folder])
}

/// A JSON value from a file; none where there is no such file.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let text = match genphys_files::read(path, usize::MAX) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(RuntimeError::io("cannot read", path)(error)),
    };
    serde_json::from_slice(&text).map(Some).map_err(|error| not_ours(path, error.to_string()))
}

/// Writes a JSON value, whole or not at all.
///
/// # Errors
/// When the disk is full or not writable.
pub fn write<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(|error| RuntimeError::Setting(error.to_string()))?;
    genphys_files::write(path, (text + "\n").as_bytes()).map_err(RuntimeError::io("cannot write", path))
}
