//! `sample`: a trained model in, a picture or numbers out.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::class::ClassArguments;
use super::device::open_device;
use super::error::AppError;
use super::parameters::ParameterArguments;
use crate::added_noise::Churn;
use crate::birth_death::{BirthDeath, BirthDeathReport};
use crate::data::{DataShape, Normalisation};
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
pub(super) fn write_samples(out: &Path, points: &[f64], model: &TrainedModel) -> Result<(), RuntimeError> {
    let (shape, normalisation) = (&model.config.shape, &model.config.normalisation);
    let points: Vec<f32> = points.iter().map(|x| *x as f32).collect();
    match Format::of(out, Some(shape))? {
        Format::Png => write_picture(out, &points, shape, normalisation),
        Format::Npy => write_npy(out, &normalisation.invert(&points), shape),
    }
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
    points: &[f32],
    shape: &DataShape,
    normalisation: &Normalisation,
) -> Result<(), RuntimeError> {
    match shape {
        DataShape::Image { .. } => pictures::write_image_grid(out, points, shape)?,
        DataShape::Vector { dim, .. } => {
            let raw = normalisation.invert(points);
            let plane: Vec<f32> = raw.chunks_exact(*dim).flat_map(|row| [row[0], row[1]]).collect();
            pictures::write_scatter(out, &plane)?;
        }
    }
    Ok(())
}

/// Raw values as `(count, dim)`, or `(count, height, width, channels)` for images.
pub(super) fn write_npy(out: &Path, raw: &[f32], shape: &DataShape) -> Result<(), RuntimeError> {
    use npyz::WriterBuilder;
    let mut dims = vec![(raw.len() / shape.dim()) as u64];
    let values = match shape {
        DataShape::Vector { dim, .. } => {
            dims.push(*dim as u64);
            raw.to_vec()
        }
        DataShape::Image { height, width, channels } => {
            dims.extend([*height, *width, *channels].map(|size| size as u64));
            raw.chunks_exact(shape.dim()).flat_map(|image| channels_last(image, *channels)).collect()
        }
    };
    let fill = |file: &mut dyn Write| {
        let mut writer = npyz::WriteOptions::new().default_dtype().shape(&dims).writer(file).begin_nd()?;
        writer.extend(values)?;
        writer.finish()
    };
    genphys_files::write_with(out, fill).map_err(RuntimeError::io("cannot write", out))
}

/// `(channels, height, width)` to `(height, width, channels)`, as files and other programs have it.
fn channels_last(image: &[f32], channels: usize) -> Vec<f32> {
    let pixels = image.len() / channels.max(1);
    (0..pixels).flat_map(|pixel| (0..channels).map(move |channel| image[channel * pixels + pixel])).collect()
}
