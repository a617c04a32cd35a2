//! What an evaluation was: enough to do it again.

use serde::{Deserialize, Serialize};

use super::EvaluationConfig;
use crate::error::{Result, RuntimeError};
use crate::training::TrainedModel;
use genphys_data::Dataset;
use genphys_flow::sampler::SamplerConfig;
use genphys_metrics::{DENSITY_NEIGHBOURS, MMD_WIDTHS, PRECISION_NEIGHBOURS, PROJECTIONS, Yardstick};

/// What samples are compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reference {
    /// The part of the data that was held out of the training; the floor is that of training points.
    #[default]
    HeldOut,
    /// As many new points as there are samples, for generated sets; the floor is that of other new points.
    Fresh,
}

impl std::str::FromStr for Reference {
    type Err = RuntimeError;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "held-out" => Ok(Self::HeldOut),
            "fresh" => Ok(Self::Fresh),
            _ => Err(RuntimeError::Setting(format!("expected held-out or fresh, found `{text}`"))),
        }
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::HeldOut => "held-out",
            Self::Fresh => "fresh",
        })
    }
}

/// Everything that decides the figures of an evaluation, besides the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Protocol {
    /// Version of the library.
    pub version: String,
    /// The equation in canonical text.
    pub equation: String,
    /// Its parameters.
    pub params: Vec<(String, f64)>,
    /// Seed of the training, which also drew the held-out part.
    pub training_seed: u64,
    /// What samples were compared with.
    pub against: Reference,
    /// Number of points compared with.
    pub real: usize,
    /// How samples were drawn; its seed also draws projections, halves and features.
    pub sampler: SamplerConfig,
    /// Bits of a weight, where they were quantised.
    pub bits: Option<u32>,
    /// Directions of the sliced Wasserstein distance.
    pub projections: usize,
    /// Raw length of a normalised unit, where it is the same for all coordinates; distances are then raw lengths.
    /// Otherwise they are normalised ones.
    #[serde(default)]
    pub raw_length: Option<f64>,
    /// Widths of the kernel of MMD in the unit of the distances.
    pub mmd_widths: Vec<f64>,
    /// Neighbours of precision and recall, and of density and coverage.
    pub neighbours: [usize; 2],
}

impl Protocol {
    pub(super) fn new(model: &TrainedModel, config: &EvaluationConfig, real: usize, yardstick: &Yardstick<'_>) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            equation: model.config.equation.clone(),
            params: model.member.params.clone(),
            training_seed: model.config.training.seed,
            against: config.against,
            real,
            sampler: config.sampler.clone(),
            bits: config.bits,
            projections: PROJECTIONS,
            raw_length: yardstick.raw_length,
            mmd_widths: MMD_WIDTHS.map(|width| width * yardstick.mmd_unit).to_vec(),
            neighbours: [PRECISION_NEIGHBOURS, DENSITY_NEIGHBOURS],
        }
    }
}

/// Seeds of new points, far from those of training sets.
const FRESH_SEED: u64 = 900_001;

/// `count` new normalised points of a generated set, number `which`.
pub(super) fn fresh_points(data: &Dataset, count: usize, seed: u64, which: u64) -> Result<Vec<f32>> {
    let Some(set) = super::toy_set(&data.name) else {
        let message =
            format!("{} cannot be drawn anew; only generated sets can be compared with fresh points", data.name);
        return Err(RuntimeError::Setting(message));
    };
    Ok(set.dataset(count.max(2), FRESH_SEED + 2 * seed + which)?.points)
}
