//! How good a model's samples are: distances to real data, beside those of other real data.

mod by_class;
mod protocol;
mod report;

pub use protocol::{Protocol, Reference};

use rand::seq::index;
use serde::{Deserialize, Serialize};

use crate::denoiser_field::DenoiserField;
use crate::error::{Result, RuntimeError};
use crate::image_features::yardstick;
use crate::training::TrainedModel;
use by_class::sample_by_class;
use genphys_data::{Dataset, ToySet};
use genphys_flow::GenerativePde;
use genphys_flow::birth_death::BirthDeathReport;
use genphys_flow::sampler::{SamplerConfig, Samples, sample};
use genphys_metrics::{Memorisation, ModeCoverage, Quality, Scores, memorisation, mode_coverage};
use genphys_nn::quantisation::quantise;
use genphys_numeric::seed::{Purpose, stream};
use protocol::fresh_points;

/// Most samples an evaluation draws unless told otherwise: many metrics compare all pairs.
pub const DEFAULT_COUNT: usize = 2000;

/// A mode counts as covered when it has this share of the samples an even spread would give it.
const COVERED_SHARE: f64 = 0.25;

/// Operations spent on all pairs of held-out points: 100,000 points of the plane are compared, 5,050 images of 28x28
/// pixels.
const PAIR_WORK: usize = 20_000_000_000;

/// Most points that are looked up among the training points.
const LOOKED_UP: usize = 1000;

/// What to evaluate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EvaluationConfig {
    /// How samples are drawn. Against held-out points no more are drawn than there are training points.
    pub sampler: SamplerConfig,
    /// What they are compared with.
    pub against: Reference,
    /// Bits to which the network's weights are rounded, if any: see [`quantise`].
    pub bits: Option<u32>,
}

/// Result of an evaluation. Distances are in the unit of [`Protocol::raw_length`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Name of the equation.
    pub pde: String,
    /// Name of the data set.
    pub data: String,
    /// Training steps of the model.
    pub steps: u64,
    /// Number of samples, and of fresh real points.
    pub count: usize,
    /// Number of held-out points.
    pub held_out: usize,
    /// Evaluations of the network per sample.
    pub nfe: usize,
    /// Scores of the samples and of fresh real points.
    pub quality: Quality,
    /// Median distance from a sample to the nearest training point, divided by the same for held-out points: near one
    /// for new samples, near zero for copies.
    pub novelty: f64,
    /// Copies of training points among the samples and, for comparison, among the held-out points.
    pub memorisation: MemorisationBeside,
    /// How the samples are spread over the modes, for data whose modes are known.
    pub modes: Option<Modes>,
    /// Births and deaths, where there are any.
    pub birth_death: Option<BirthDeathReport>,
    /// Seeds and settings.
    pub protocol: Protocol,
}

/// [`memorisation`] of at most 1000 points each, in normalised units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemorisationBeside {
    /// The samples.
    pub samples: Memorisation,
    /// Held-out points, which cannot have been copied.
    pub floor: Memorisation,
}

/// Coverage of known modes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Modes {
    /// Modes with at least a quarter of the samples an even spread would give them.
    pub covered: usize,
    /// Modes in all.
    pub total: usize,
    /// Share of the samples that lie near a mode.
    pub near: f64,
    /// Samples near each mode.
    pub coverage: ModeCoverage,
}

/// Draws as many samples as asked for and compares; of a model that knows classes, as many of each as the training data
/// have. The model is left as it was.
///
/// `data` must be the data the model was trained on: the same split is held out again.
///
/// # Errors
/// When sampling fails, the data are too few to compare, or cannot be drawn anew and should.
pub fn evaluate(
    pde: &dyn GenerativePde,
    model: &TrainedModel,
    data: &Dataset,
    config: &EvaluationConfig,
) -> Result<Evaluation> {
    let real = RealPoints::of(model, data, config)?;
    let (samples, points) = draw(pde, model, &real)?;
    let dim = data.dim();
    let yardstick = yardstick(data, &real.compared_with, config.sampler.seed)?;
    let quality = Quality::measure(&points, &real.fresh, &yardstick)?;
    let looked_up = |points: &[f32]| {
        let count = (LOOKED_UP * dim).min(points.len());
        memorisation(&points[..count], &real.train.points, dim)
    };
    let memorisation = MemorisationBeside { samples: looked_up(&points)?, floor: looked_up(&real.held_out.points)? };
    let raw = || data.denormalise(&points).into_iter().map(|value| value as f32).collect::<Vec<_>>();
    let coverage = toy_set(&data.name).and_then(|set| mode_coverage(set, &raw()));
    let modes = coverage.map(|coverage| Modes {
        covered: coverage.covered(COVERED_SHARE),
        total: coverage.counts.len(),
        near: coverage.near(),
        coverage,
    });
    Ok(Evaluation {
        pde: pde.name().to_owned(),
        data: data.name.clone(),
        steps: model.state.step,
        count: real.config.sampler.count,
        held_out: real.held_out.len(),
        nfe: samples.nfe,
        quality,
        novelty: memorisation.samples.median_nearest / memorisation.floor.median_nearest,
        memorisation,
        modes,
        birth_death: samples.birth_death,
        protocol: Protocol::new(model, &real.config, real.compared_with.len() / dim, &yardstick),
    })
}

/// The scores of [`evaluate`] for the samples alone, without the floor and all else.
///
/// # Errors
/// See there.
pub fn sample_scores(
    pde: &dyn GenerativePde,
    model: &TrainedModel,
    data: &Dataset,
    config: &EvaluationConfig,
) -> Result<Scores> {
    let real = RealPoints::of(model, data, config)?;
    let (_, points) = draw(pde, model, &real)?;
    Ok(yardstick(data, &real.compared_with, config.sampler.seed)?.scores(&points)?)
}

/// What samples are compared with.
struct RealPoints {
    train: Dataset,
    held_out: Dataset,
    compared_with: Vec<f32>,
    fresh: Vec<f32>,
    /// With the number of samples that are drawn.
    config: EvaluationConfig,
}

impl RealPoints {
    fn of(model: &TrainedModel, data: &Dataset, config: &EvaluationConfig) -> Result<Self> {
        let training = &model.config.training;
        let (train, held_out) = data.split(training.held_out, training.seed)?;
        let (dim, seed) = (data.dim(), config.sampler.seed);
        let mut config = config.clone();
        let (compared_with, fresh) = match config.against {
            Reference::HeldOut => {
                config.sampler.count = config.sampler.count.min(train.len());
                let mut rng = stream(seed, Purpose::Evaluation, 0);
                let rows = index::sample(&mut rng, train.len(), config.sampler.count);
                let fresh = rows.iter().flat_map(|row| &train.points[row * dim..(row + 1) * dim]).copied().collect();
                // All pairs of these are compared, in dim operations each.
                let most = (PAIR_WORK / dim).isqrt();
                let compared_with = if held_out.len() > most {
                    let mut rows = index::sample(&mut rng, held_out.len(), most).into_vec();
                    rows.sort_unstable();
                    rows.iter().flat_map(|row| &held_out.points[row * dim..(row + 1) * dim]).copied().collect()
                } else {
                    held_out.points.clone()
                };
                (compared_with, fresh)
            }
            Reference::Fresh => {
                let count = config.sampler.count;
                (fresh_points(data, count, seed, 0)?, fresh_points(data, count, seed, 1)?)
            }
        };
        Ok(Self { train, held_out, compared_with, fresh, config })
    }
}

/// Samples, and their points in `f32`, with weights of as many bits as asked for.
fn draw(pde: &dyn GenerativePde, model: &TrainedModel, real: &RealPoints) -> Result<(Samples, Vec<f32>)> {
    let config = &real.config;
    let field = DenoiserField::new(pde, &model.denoiser, model.statistics.dim());
    let draw = || match &real.train.labels {
        Some(labels) if model.config.classes() > 0 => sample_by_class(pde, model, labels, &config.sampler),
        _ => Ok(sample(pde, &field, &model.statistics.mean, &model.member.schedule, &config.sampler)?),
    };
    let samples = match config.bits {
        Some(bits) => {
            let parameters = model.denoiser.parameters();
            let exact = parameters.zeros_like()?;
            exact.copy_from(parameters)?;
            let samples = quantise(parameters, bits).map_err(RuntimeError::from).and_then(|()| draw());
            parameters.copy_from(&exact)?;
            samples?
        }
        None => draw()?,
    };
    let points = samples.points.iter().map(|x| *x as f32).collect();
    Ok((samples, points))
}

fn toy_set(name: &str) -> Option<ToySet> {
    ToySet::ALL.into_iter().find(|set| set.name() == name)
}
