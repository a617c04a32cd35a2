//! `sample`: a trained model in, a picture or numbers out.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::class::ClassArguments;
use super::device::open_device;
use super::error::AppError;
use super::parameters::ParameterArguments;
use crate::added_noise::Churn;
use crate::birth_death::{BirthDeath, BirthDeathReport};
use crate::data::{DataShape, Layout, Normalisation};
use crate::error::RuntimeError;
use crate::generative_pde::GenerativePde;
use crate::pictures;
use crate::sampler::{SamplerConfig, sample as draw};
use crate::solver::SolverKind;
use crate::time_grid::TimeGrid;
use crate::training::TrainedModel;

#[derive(Debug, Args)]
pub(super) struct SamplingArguments {
    /// Folder of the trained model
    #[arg(long, value_name = "DIR")]
    pub(super) model: PathBuf,
    #[command(flatten)]
    pub(super) parameters: ParameterArguments,
    /// Seed of all randomness
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// heun, midpoint (second order), euler (first), multistep (second, for few evaluations), dormand-prince (fifth, chooses
    /// its steps), or euler-maruyama (reverse stochastic equation of a diffusion)
    /// [default: heun; for likelihoods and latents dormand-prince]
    #[arg(long)]
    solver: Option<SolverKind>,
    /// Most evaluations of the network per sample
    #[arg(long, default_value_t = 35)]
    pub(super) nfe: usize,
    /// Draw with the moving average of this half-life in steps [default: the first that training kept]
    #[arg(long, value_name = "STEPS")]
    pub(super) half_life: Option<f64>,
    /// Error per step of dormand-prince, which takes as many evaluations as that needs
    #[arg(long, default_value_t = 1e-3)]
    tolerance: f64,
    /// Where the noise levels of the steps lie: edm (evenly in sigma^(1/rho)), geometric or uniform
    #[arg(long, default_value = "edm")]
    grid: TimeGrid,
    /// Exponent of the edm grid [default: that of the run, 7]
    #[arg(long)]
    rho: Option<f64>,
    /// What becomes of births and deaths: branching, weights or conservative [default: as the run was trained]
    #[arg(long, value_name = "HOW")]
    birth_death: Option<BirthDeath>,
    /// Particles per sample in the population, where there are births and deaths
    #[arg(long, default_value_t = 4)]
    crowd: usize,
    /// S_churn of EDM's stochastic sampler: noise added before each step and taken away by it
    #[arg(long, value_name = "S", default_value_t = 0.0)]
    churn: f64,
    /// S_tmin: no churn below this noise level
    #[arg(long, value_name = "SIGMA", default_value_t = 0.0)]
    churn_min: f64,
    /// S_tmax: no churn above this noise level [default: none]
    #[arg(long, value_name = "SIGMA")]
    churn_max: Option<f64>,
    /// S_noise: factor of that noise; only 1 keeps the process as it is
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    churn_noise: f64,
    /// Disturb every step with Gaussian noise of deviation ALPHA sigma: a test of robustness
    #[arg(long, value_name = "ALPHA", default_value_t = 0.0)]
    inject: f64,
    /// cpu, cuda, cuda:1 or metal
    #[arg(long, default_value = "cpu")]
    pub(super) device: String,
}

impl SamplingArguments {
    /// The trained model, on the device that was asked for.
    pub(super) fn load(&self, pde: &dyn GenerativePde) -> Result<TrainedModel, RuntimeError> {
        TrainedModel::load_average(pde, &self.model, &open_device(&self.device)?, self.half_life)
    }

    pub(super) fn config(&self, count: usize) -> SamplerConfig {
        SamplerConfig {
            count,
            seed: self.seed,
            solver: self.solver.unwrap_or(SolverKind::Heun),
            nfe: self.nfe,
            tolerance: self.tolerance,
            grid: self.grid,
            rho: self.rho,
            churn: Churn {
                amount: self.churn,
                least: self.churn_min,
                most: self.churn_max.unwrap_or(f64::MAX),
                noise: self.churn_noise,
            },
            disturbance: self.inject,
            birth_death: self.birth_death,
            crowd: self.crowd,
            ..SamplerConfig::default()
        }
    }

    /// For commands that follow one path forward in time: an adaptive solver unless another is asked for.
    pub(super) fn flow_config(&self, count: usize) -> SamplerConfig {
        SamplerConfig { solver: self.solver.unwrap_or(SolverKind::DormandPrince), ..self.config(count) }
    }
}

#[derive(Debug, Args)]
pub(super) struct SampleArguments {
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    #[command(flatten)]
    class: ClassArguments,
    /// Number of samples [default: 64 for images, 2000 otherwise]
    #[arg(long)]
    count: Option<usize>,
    /// Picture (.png) or numbers in raw units (.npy)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Png,
    Npy,
}

impl Format {
    /// By the name of the file, for points of this shape.
    fn of(out: &Path, shape: Option<&DataShape>) -> Result<Self, RuntimeError> {
        let format = match out.extension().and_then(|extension| extension.to_str()) {
            Some("png") => Self::Png,
            Some("npy") => Self::Npy,
            _ => {
                let message = format!("{}: expected a name that ends in .png or .npy", out.display());
                return Err(RuntimeError::Setting(message));
            }
        };
        if format == Self::Png && shape.is_some_and(|shape| shape.dim() == 1) {
            let message = "one-dimensional samples have no picture; write them as .npy".to_owned();
            return Err(RuntimeError::Setting(message));
        }
        Ok(format)
    }
}

pub(super) fn sample(arguments: &SampleArguments, pde: &dyn GenerativePde) -> Result<String, AppError> {
    let out = &arguments.out;
    Format::of(out, None)?;
    let model = arguments.sampling.load(pde)?;
    let shape = &model.config.shape;
    Format::of(out, Some(shape))?;
    let image = matches!(shape, DataShape::Image { .. });
    let count = arguments.count.unwrap_or(if image { 64 } else { 2000 });
    let field = arguments.class.field(pde, &model)?;
    let config = arguments.sampling.config(count);
    let samples = draw(pde, &*field, &model.statistics.mean, &model.config.schedule, &config)?;
    write_samples(out, &samples.points, &model)?;
    let mut text = format!(
        "{count} samples, {} network evaluations each, {:.2} s of which {:.1} % outside the network: {}\n",
        samples.nfe,
        samples.seconds,
        100.0 * samples.overhead / samples.seconds,
        out.display()
    );
    if config.solver == SolverKind::DormandPrince {
        text += &format!("{} steps taken, {} rejected\n", samples.steps, samples.rejected);
    }
    if let Some(report) = &samples.birth_death {
        text += &describe(report);
    }
    Ok(text)
}

/// Writes normalised points, `(count, dim)`, of a model as a picture or as numbers in raw units.
///
/// # Errors
/// Without writing anything when one of them is not a finite number.
pub(super) fn write_samples(out: &Path, points: &[f64], model: &TrainedModel) -> Result<(), RuntimeError> {
    let (shape, normalisation) = (&model.config.shape, &model.config.normalisation);
    let raw = normalisation.invert(points);
    check_finite(&raw, shape.dim())?;
    match Format::of(out, Some(shape))? {
        Format::Png => write_picture(out, points, shape, normalisation),
        Format::Npy => write_npy(out, &raw, shape, model.config.reading.options.layout, !normalisation.suits_f32()),
    }
}

fn check_finite(values: &[f64], dim: usize) -> Result<(), RuntimeError> {
    let bad = values.chunks(dim.max(1)).filter(|point| point.iter().any(|value| !value.is_finite())).count();
    if bad == 0 {
        return Ok(());
    }
    let count = values.len() / dim.max(1);
    Err(RuntimeError::Sampling(format!(
        "{bad} of {count} points have values that are not finite numbers, so nothing was written; the training may have diverged"
    )))
}

fn describe(report: &BirthDeathReport) -> String {
    format!(
        "population {}: births {}, deaths {}, ancestors left {}, effective sample size {:.0} at the end, at least {:.2} of \
         the population\n",
        report.population,
        report.births,
        report.deaths,
        report.ancestors,
        report.effective_sample_size,
        report.least_effective_fraction
    )
}

/// A grid of images, or the first two coordinates as a scatter plot.
fn write_picture(
    out: &Path,
    points: &[f64],
    shape: &DataShape,
    normalisation: &Normalisation,
) -> Result<(), RuntimeError> {
    match shape {
        DataShape::Image { .. } => {
            let points: Vec<f32> = points.iter().map(|x| *x as f32).collect();
            pictures::write_image_grid(out, &points, shape)?;
        }
        DataShape::Vector { dim, .. } => {
            // In raw lengths, but from the offset: beside a large one `f32` has no room for them.
            let place = |row: &[f64]| [0, 1].map(|axis| (row[axis] / normalisation.factor(axis)) as f32);
            let plane: Vec<f32> = points.chunks_exact(*dim).flat_map(place).collect();
            pictures::write_scatter(out, &plane)?;
        }
    }
    Ok(())
}

/// Values as `(count, dim)`, or images as `(count, height, width, channels)` unless the data had channels first. They are f4, or
/// f8 where that is asked for or f4 has no room for them.
pub(super) fn write_npy(
    out: &Path,
    values: &[f64],
    shape: &DataShape,
    layout: Option<Layout>,
    wide: bool,
) -> Result<(), RuntimeError> {
    check_finite(values, shape.dim())?;
    let mut dims = vec![(values.len() / shape.dim()) as u64];
    let mut ordered = std::borrow::Cow::Borrowed(values);
    match shape {
        DataShape::Vector { dim, .. } => dims.push(*dim as u64),
        DataShape::Image { height, width, channels } if layout == Some(Layout::Nchw) => {
            dims.extend([*channels, *height, *width].map(|size| size as u64));
        }
        DataShape::Image { height, width, channels } => {
            dims.extend([*height, *width, *channels].map(|size| size as u64));
            let images = values.chunks_exact(shape.dim());
            ordered = images.flat_map(|image| channels_last(image, *channels)).collect::<Vec<_>>().into();
        }
    }
    if wide || values.iter().any(|value| !(*value as f32).is_finite()) {
        write_array(out, &dims, ordered.iter().copied())
    } else {
        write_array(out, &dims, ordered.iter().map(|value| *value as f32))
    }
}

fn write_array<T: npyz::AutoSerialize>(
    out: &Path,
    dims: &[u64],
    values: impl Iterator<Item = T>,
) -> Result<(), RuntimeError> {
    use npyz::WriterBuilder;
    let failed = || RuntimeError::io("cannot write", out);
    let mut file = BufWriter::new(File::create(out).map_err(failed())?);
    let mut writer =
        npyz::WriteOptions::new().default_dtype().shape(dims).writer(&mut file).begin_nd().map_err(failed())?;
    writer.extend(values).map_err(failed())?;
    writer.finish().map_err(failed())?;
    file.flush().map_err(failed())
}

/// `(channels, height, width)` to `(height, width, channels)`, as files and other programs have it.
fn channels_last(image: &[f64], channels: usize) -> Vec<f64> {
    let pixels = image.len() / channels.max(1);
    (0..pixels).flat_map(|pixel| (0..channels).map(move |channel| image[channel * pixels + pixel])).collect()
}
