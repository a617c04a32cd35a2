//! How good a model's samples are: distances to held-out data, beside those of real data.

use rand::seq::index;
use serde::{Deserialize, Serialize};

use crate::birth_death::BirthDeathReport;
use crate::data::{Dataset, ToySet};
use crate::error::Result;
use crate::generative_pde::GenerativePde;
use crate::metrics::{ModeCoverage, Quality, mode_coverage};
use crate::sampler::{SamplerConfig, sample};
use crate::seed::{Purpose, stream};
use crate::training::TrainedModel;
use crate::velocity_field::DenoiserField;

/// Most samples an evaluation draws unless told otherwise: the energy distance compares all pairs.
pub const DEFAULT_COUNT: usize = 2000;

/// A mode counts as covered when it has this share of the samples an even spread would give it.
const COVERED_SHARE: f64 = 0.25;

/// Result of an evaluation. Distances are in the units of the raw data.
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
    /// Distances of the samples and of fresh real points to the held-out ones.
    pub quality: Quality,
    /// Median distance from a sample to the nearest training point, divided by the same for held-out points: near one
    /// for new samples, near zero for copies.
    pub novelty: f64,
    /// How the samples are spread over the modes, for data whose modes are known.
    pub modes: Option<Modes>,
    /// Births and deaths, where there are any.
    pub birth_death: Option<BirthDeathReport>,
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

/// Draws as many samples as asked for, or as there are held-out points, and compares.
///
/// `data` must be the data the model was trained on: the same split is held out again.
///
/// # Errors
/// When sampling fails or the data are too few to compare.
pub fn evaluate(
    pde: &dyn GenerativePde,
    model: &TrainedModel,
    data: &Dataset,
    config: &SamplerConfig,
) -> Result<Evaluation> {
    let training = &model.config.training;
    let (train, held_out) = data.split(training.held_out, training.seed)?;
    let dim = data.dim();
    let count = config.count.min(train.len());
    let field = DenoiserField::new(pde, &model.denoiser, dim);
    let config = SamplerConfig { count, ..config.clone() };
    let samples = sample(pde, &field, &model.statistics.mean, &model.config.schedule, &config)?;
    let points: Vec<f32> = samples.points.iter().map(|x| *x as f32).collect();

    let rows = index::sample(&mut stream(config.seed, Purpose::Evaluation, 0), train.len(), count);
    let fresh: Vec<f32> =
        rows.iter().flat_map(|row| train.points[row * dim..(row + 1) * dim].iter().copied()).collect();
    let raw = data.denormalise(&points);
    let quality =
        Quality::measure(&raw, &data.denormalise(&fresh), &data.denormalise(&held_out.points), dim, config.seed)?;
    let near = |points: &[f32]| median_nearest(points, &train.points, dim);
    let modes = toy_set(&data.name).and_then(|set| mode_coverage(set, &raw)).map(|coverage| Modes {
        covered: coverage.covered(COVERED_SHARE),
        total: coverage.counts.len(),
        near: coverage.near(),
        coverage,
    });
    Ok(Evaluation {
        pde: pde.name().to_owned(),
        data: data.name.clone(),
        steps: model.state.step,
        count,
        held_out: held_out.len(),
        nfe: samples.nfe,
        quality,
        novelty: near(&points) / near(&held_out.points),
        modes,
        birth_death: samples.birth_death,
    })
}

fn toy_set(name: &str) -> Option<ToySet> {
    ToySet::ALL.into_iter().find(|set| set.name() == name)
}

/// Median over up to 500 `points` of the distance to the nearest of `others`.
fn median_nearest(points: &[f32], others: &[f32], dim: usize) -> f64 {
    use rayon::prelude::*;
    let distance = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
    let mut nearest: Vec<f64> = points
        .par_chunks_exact(dim)
        .take(500)
        .map(|point| others.chunks_exact(dim).map(|other| distance(point, other)).fold(f64::INFINITY, f64::min))
        .collect();
    nearest.sort_by(f64::total_cmp);
    nearest.get(nearest.len() / 2).map_or(f64::NAN, |square| square.sqrt())
}

impl Evaluation {
    /// The result as text for people, a few lines.
    pub fn human(&self) -> String {
        let (samples, floor) = (&self.quality.samples, &self.quality.floor);
        let mut text = format!(
            "{} on {}: {} samples after {} steps, {} network evaluations each, against {} held-out points\n\n\
             {:24}{:>12}{:>18}\n{:24}{:>12.4}{:>18.4}\n{:24}{:>12.5}{:>18.5}\n",
            self.pde,
            self.data,
            self.count,
            self.steps,
            self.nfe,
            self.held_out,
            "distance to held-out",
            "samples",
            "fresh real data",
            "sliced Wasserstein",
            samples.sliced_wasserstein,
            floor.sliced_wasserstein,
            "energy distance",
            samples.energy.unbiased,
            floor.energy.unbiased,
        );
        text += &format!("\nnovelty: {:.2} (1: as far from the training data as held-out data are)\n", self.novelty);
        if let Some(modes) = &self.modes {
            text += &format!(
                "modes: {} of {} covered, {:.1} % of the samples near one\n",
                modes.covered,
                modes.total,
                100.0 * modes.near
            );
        }
        if let Some(report) = &self.birth_death {
            text += &format!(
                "births {}, deaths {}, ancestors left {}, ln of relative mass {:+.3}\n",
                report.births, report.deaths, report.ancestors, report.log_mass
            );
        }
        text
    }
}
