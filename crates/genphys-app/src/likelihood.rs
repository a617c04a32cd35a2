//! `likelihood`: how probable the model finds data.

use std::ops::Range;
use std::path::PathBuf;

use clap::Args;
use rand::Rng;
use serde::Serialize;

use super::error::AppError;
use super::options;
use super::output::check_file;
use super::run_data::unseen_data;
use super::sample::SamplingArguments;
use genphys_data::{DataShape, Dataset};
use genphys_flow::GenerativePde;
use genphys_flow::bounds::{Need, portions};
use genphys_flow::divergence::Divergence;
use genphys_flow::likelihood::{LogLikelihood, log_likelihood};
use genphys_nn::network::NetworkFn;
use genphys_numeric::seed::{Purpose, stream};
use genphys_train::denoiser_field::DenoiserField;
use genphys_train::error::RuntimeError;

/// Dimension up to which the divergence is exact unless asked otherwise.
const EXACT_UP_TO: usize = 16;
/// Most points unless asked otherwise.
const DEFAULT_COUNT: usize = 500;

#[derive(Debug, Args)]
pub(super) struct LikelihoodArguments {
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    /// Other data of the same shape [default: the held-out part of the training data]
    #[arg(long)]
    pub(super) data: Option<String>,
    /// Most points [default: 500]
    #[arg(long, value_parser = options::count)]
    count: Option<usize>,
    /// exact (one differentiation per coordinate) or hutchinson (random directions) [default: exact up to 16
    /// dimensions]
    #[arg(long, value_name = "HOW", value_parser = ["exact", "hutchinson"])]
    divergence: Option<String>,
    /// Random directions per point of hutchinson
    #[arg(long, default_value_t = 1, value_parser = options::count)]
    probes: usize,
    /// Step of the raw values of images, which uniform noise fills; 0: none [default: the step in which the data are
    /// stored]
    #[arg(long, value_name = "STEP", value_parser = options::not_negative)]
    dequantise: Option<f64>,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
    /// Write the JSON value to this file as well
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// What is reported. Densities are of mass one, at the smallest flow scale.
#[derive(Debug, Serialize)]
struct Report {
    pde: String,
    data: String,
    /// Training steps of the model.
    steps: u64,
    count: usize,
    dim: usize,
    seed: u64,
    divergence: Divergence,
    solver: &'static str,
    tolerance: f64,
    /// Evaluations of field and divergence per point.
    nfe: usize,
    solver_steps: usize,
    rejected: usize,
    /// Flow scale, in normalised units, at which the density is evaluated: the data are blurred by that much.
    sigma_min: f64,
    /// Mean of −ln p per point, in nats, for normalised lengths.
    nats_normalised: f64,
    /// The same for raw lengths: −ln of the product of the normalisation's factors added.
    nats: f64,
    /// Standard error of both.
    standard_error: f64,
    /// `nats / (dim ln 2)`, with the quantisation step as the unit of length where there is one.
    bits_per_dim: f64,
    /// Step of the raw values that noise filled.
    quantisation: Option<f64>,
}

pub(super) fn likelihood(
    arguments: &LikelihoodArguments,
    pde: &dyn GenerativePde,
    own: Option<NetworkFn>,
) -> Result<String, AppError> {
    arguments.out.as_deref().map_or(Ok(()), check_file)?;
    let model = arguments.sampling.load(pde, own)?;
    let data = unseen_data(&model, arguments.data.as_deref())?;
    let (dim, seed) = (data.dim(), arguments.sampling.seed);
    let count = arguments.count.unwrap_or(DEFAULT_COUNT).min(data.len());
    Need::of_portions("following", dim, count, 8.0).check()?;
    let config = arguments.sampling.flow_config(count);
    let hutchinson = Divergence::Hutchinson { probes: arguments.probes, seed };
    let divergence = match arguments.divergence.as_deref() {
        Some("exact") => Divergence::Exact,
        Some(_) => hutchinson,
        None if dim <= EXACT_UP_TO => Divergence::Exact,
        None => hutchinson,
    };
    let quantisation = match arguments.dequantise {
        Some(step) => Some(step).filter(|step| *step > 0.0),
        None => quantisation(&data),
    };
    let field = DenoiserField::new(pde, &model.denoiser, dim);
    let (data_law, schedule) = ((&model.statistics.mean[..], model.statistics.sigma_data), &model.member.schedule);
    let mut found = LogLikelihood { log_density: Vec::new(), nfe: 0, steps: 0, rejected: 0 };
    for numbers in portions(dim, count) {
        let points = filled(&data, numbers.clone(), quantisation, seed);
        let field = field.clone().numbered_from(numbers.start);
        let more = log_likelihood(pde, &field, data_law, schedule, (&config, divergence), points)?;
        found.log_density.extend(more.log_density);
        found.nfe = found.nfe.max(more.nfe);
        found.steps = found.steps.max(more.steps);
        found.rejected = found.rejected.max(more.rejected);
    }

    let (mean, standard_error) = mean_and_error(&found);
    let factors: f64 = (0..dim).map(|j| data.normalisation.factor(j).abs().ln()).sum();
    let nats = -(mean + factors);
    let per_step = dim as f64 * quantisation.map_or(0.0, f64::ln);
    let report = Report {
        pde: pde.name().to_owned(),
        data: data.name.clone(),
        steps: model.state.step,
        count,
        dim,
        seed,
        divergence,
        solver: config.solver.name(),
        tolerance: config.tolerance,
        nfe: found.nfe,
        solver_steps: found.steps,
        rejected: found.rejected,
        sigma_min: schedule.sigma_min,
        nats_normalised: -mean,
        nats,
        standard_error,
        bits_per_dim: (nats - per_step) / (dim as f64 * std::f64::consts::LN_2),
        quantisation,
    };
    let json = serde_json::to_string(&report).map_err(|error| RuntimeError::Setting(error.to_string()))? + "\n";
    if let Some(out) = &arguments.out {
        genphys_files::write(out, json.as_bytes()).map_err(RuntimeError::io("cannot write", out))?;
    }
    Ok(if arguments.json { json } else { report.human() })
}

impl Report {
    fn human(&self) -> String {
        let unit = match self.quantisation {
            Some(step) => format!("per quantisation step of {step:.6}, filled by uniform noise"),
            None => "for raw lengths".to_owned(),
        };
        let how = match self.divergence {
            Divergence::Exact => "exact divergence".to_owned(),
            Divergence::Hutchinson { probes, .. } => format!("Hutchinson's estimate, {probes} per point"),
        };
        format!(
            "{} on {}: {} points of dimension {}, {} evaluations ({} steps, {} rejected), {how}\n\
             negative log-likelihood {:.4} +- {:.4} nats per point (normalised lengths {:.4})\n\
             bits per dimension {:.4} ({unit})\n",
            self.pde,
            self.data,
            self.count,
            self.dim,
            self.nfe,
            self.solver_steps,
            self.rejected,
            self.nats,
            self.standard_error,
            self.nats_normalised,
            self.bits_per_dim
        )
    }
}

fn mean_and_error(found: &LogLikelihood) -> (f64, f64) {
    let count = found.log_density.len() as f64;
    let mean = found.log_density.iter().sum::<f64>() / count;
    let variance = found.log_density.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    (mean, (variance / count).sqrt())
}

/// The step in which an image's raw values are stored: one, or a 255th. `None` for other data.
fn quantisation(data: &Dataset) -> Option<f64> {
    if !matches!(data.shape, DataShape::Image { .. }) {
        return None;
    }
    let (raw, factor) = (data.denormalise(&data.points), data.normalisation.common_factor()?);
    // As far as a normalised f32 is from the whole number it stands for; of large numbers that cannot be told.
    let rounding = |steps: f64| (steps / factor * f64::from(f32::EPSILON)).max(1e-3);
    let whole = |steps: f64| {
        rounding(steps) < 0.05
            && raw.iter().all(|value| (value * steps - (value * steps).round()).abs() < rounding(steps))
    };
    [1.0, 255.0].into_iter().find(|steps| whole(*steps)).map(|steps| 1.0 / steps)
}

/// The points of these numbers with uniform noise of one quantisation step around each value.
fn filled(data: &Dataset, numbers: Range<usize>, step: Option<f64>, seed: u64) -> Vec<f64> {
    let dim = data.dim();
    let points = &data.points[numbers.start * dim..numbers.end * dim];
    let mut values: Vec<f64> = points.iter().map(|x| f64::from(*x)).collect();
    if let Some(step) = step {
        for (number, point) in numbers.zip(values.chunks_exact_mut(dim)) {
            let mut rng = stream(seed, Purpose::Dequantisation, number as u64);
            for (j, value) in point.iter_mut().enumerate() {
                *value += (rng.random::<f64>() - 0.5) * step * data.normalisation.factor(j);
            }
        }
    }
    values
}
