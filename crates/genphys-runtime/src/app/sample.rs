//! `sample`: a trained model in, a picture or numbers out.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::device::open_device;
use super::error::AppError;
use crate::birth_death::BirthDeathReport;
use crate::data::{DataShape, Normalisation};
use crate::error::RuntimeError;
use crate::generative_pde::GenerativePde;
use crate::pictures;
use crate::sampler::{SamplerConfig, sample as draw};
use crate::solver::SolverKind;
use crate::training::TrainedModel;
use crate::velocity_field::DenoiserField;

#[derive(Debug, Args)]
pub(super) struct SamplingArguments {
    /// Folder of the trained model
    #[arg(long, value_name = "DIR")]
    pub(super) model: PathBuf,
    /// Seed of all randomness
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// heun (second order) or euler (first order)
    #[arg(long, default_value = "heun")]
    pub(super) solver: SolverKind,
    /// Most evaluations of the network per sample
    #[arg(long, default_value_t = 35)]
    pub(super) nfe: usize,
    /// cpu, cuda, cuda:1 or metal
    #[arg(long, default_value = "cpu")]
    pub(super) device: String,
}

impl SamplingArguments {
    pub(super) fn config(&self, count: usize) -> SamplerConfig {
        SamplerConfig { count, seed: self.seed, solver: self.solver, nfe: self.nfe, ..SamplerConfig::default() }
    }
}

#[derive(Debug, Args)]
pub(super) struct SampleArguments {
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
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

pub(super) fn sample(arguments: &SampleArguments, pde: &dyn GenerativePde) -> Result<String, AppError> {
    let out = &arguments.out;
    let format = match out.extension().and_then(|extension| extension.to_str()) {
        Some("png") => Format::Png,
        Some("npy") => Format::Npy,
        _ => {
            let message = format!("{}: expected a name that ends in .png or .npy", out.display());
            return Err(RuntimeError::Setting(message).into());
        }
    };
    let device = open_device(&arguments.sampling.device)?;
    let model = TrainedModel::load(pde, &arguments.sampling.model, &device)?;
    let shape = &model.config.shape;
    if format == Format::Png && shape.dim() == 1 {
        let message = "one-dimensional samples have no picture; write them as .npy".to_owned();
        return Err(RuntimeError::Setting(message).into());
    }
    let image = matches!(shape, DataShape::Image { .. });
    let count = arguments.count.unwrap_or(if image { 64 } else { 2000 });
    let field = DenoiserField::new(pde, &model.denoiser, shape.dim());
    let config = arguments.sampling.config(count);
    let samples = draw(pde, &field, &model.statistics.mean, &model.config.schedule, &config)?;
    let points: Vec<f32> = samples.points.iter().map(|x| *x as f32).collect();
    match format {
        Format::Png => write_picture(out, &points, shape, &model.config.normalisation)?,
        Format::Npy => write_npy(out, &model.config.normalisation.invert(&points), shape)?,
    }
    let mut text = format!("{count} samples, {} network evaluations each: {}\n", samples.nfe, out.display());
    if let Some(report) = &samples.birth_death {
        text += &describe(report);
    }
    Ok(text)
}

fn describe(report: &BirthDeathReport) -> String {
    format!(
        "births {}, deaths {}, ancestors left {}, least effective share of the population {:.2}\n",
        report.births, report.deaths, report.ancestors, report.least_effective_fraction
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
fn write_npy(out: &Path, raw: &[f32], shape: &DataShape) -> Result<(), RuntimeError> {
    use npyz::WriterBuilder;
    let failed = || RuntimeError::io("cannot write", out);
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
    let mut file = BufWriter::new(File::create(out).map_err(failed())?);
    let mut writer =
        npyz::WriteOptions::new().default_dtype().shape(&dims).writer(&mut file).begin_nd().map_err(failed())?;
    writer.extend(values).map_err(failed())?;
    writer.finish().map_err(failed())?;
    file.flush().map_err(failed())
}

/// `(channels, height, width)` to `(height, width, channels)`, as files and other programs have it.
fn channels_last(image: &[f32], channels: usize) -> Vec<f32> {
    let pixels = image.len() / channels.max(1);
    (0..pixels).flat_map(|pixel| (0..channels).map(move |channel| image[channel * pixels + pixel])).collect()
}
