//! `encode`, `decode`, `interpolate`: data to latents, latents to data, and what lies between two points.

use std::path::{Path, PathBuf};

use clap::Args;

use super::error::AppError;
use super::options;
use super::output::Output;
use super::run_data::unseen_data;
use super::sample::SamplingArguments;
use genphys_data::read_matrix;
use genphys_flow::bounds::{Need, portions};
use genphys_flow::transport::{Direction, transport};
use genphys_flow::velocity_field::Metered;
use genphys_flow::{GenerativePde, Setting};
use genphys_nn::network::NetworkFn;
use genphys_train::denoiser_field::DenoiserField;
use genphys_train::error::RuntimeError;

#[derive(Debug, Args)]
pub(super) struct EncodeArguments {
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    /// Other data of the same shape [default: the held-out part of the training data]
    #[arg(long)]
    pub(super) data: Option<String>,
    /// Most points [default: all]
    #[arg(long, value_parser = options::count)]
    count: Option<usize>,
    /// Latents, (count, dim), in normalised lengths (.npy)
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct DecodeArguments {
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    /// Latents that encode has written
    #[arg(long, value_name = "FILE")]
    pub(super) latents: PathBuf,
    /// Picture (.png) or numbers in raw units (.npy)
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct InterpolateArguments {
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    /// Other data of the same shape [default: the held-out part of the training data]
    #[arg(long)]
    pub(super) data: Option<String>,
    /// Two points by their number, counted from zero
    #[arg(long, value_name = "A,B", value_delimiter = ',', num_args = 1..)]
    points: Vec<usize>,
    /// Points on the way, both ends included
    #[arg(long, default_value_t = 8, value_parser = options::count)]
    steps: usize,
    /// Picture (.png) or numbers in raw units (.npy)
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
}

pub(super) fn encode(
    arguments: &EncodeArguments,
    pde: &dyn GenerativePde,
    own: Option<NetworkFn>,
) -> Result<String, AppError> {
    let output = Output::open_numbers(&arguments.out)?;
    let model = arguments.sampling.load(pde, own)?;
    let data = unseen_data(&model, arguments.data.as_deref())?;
    let dim = data.dim();
    let count = arguments.count.unwrap_or(data.len()).min(data.len());
    Need::of_portions("following", dim, count, 0.0).check()?;
    let field = DenoiserField::new(pde, &model.denoiser, dim);
    let (config, schedule) = (arguments.sampling.flow_config(count), &model.member.schedule);
    let (mut nfe, mut square) = (0, 0.0);
    output.write_numbers(dim, count, |take| {
        for numbers in portions(dim, count) {
            let points = data.points[numbers.start * dim..numbers.end * dim].iter();
            let points: Vec<f64> = points.map(|x| f64::from(*x)).collect();
            let metered = Metered::new(&field);
            let latents = transport(&metered, points.clone(), schedule, &config, Direction::Forward)?.x;
            nfe = nfe.max(metered.evaluations());
            take(&latents)?;
            let back = transport(&field, latents, schedule, &config, Direction::Backward)?.x;
            square += back.iter().zip(&points).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
        }
        Ok(())
    })?;
    Ok(format!(
        "{count} latents, {nfe} network evaluations each: {}\nback from them, points differ by {:.2e} per coordinate \
         (deviation of the data {:.2})\n",
        arguments.out.display(),
        (square / (count * dim) as f64).sqrt(),
        model.statistics.sigma_data
    ))
}

pub(super) fn decode(
    arguments: &DecodeArguments,
    pde: &dyn GenerativePde,
    own: Option<NetworkFn>,
) -> Result<String, AppError> {
    let output = Output::open(&arguments.out)?;
    let model = arguments.sampling.load(pde, own)?;
    let dim = model.config.shape.dim();
    let latents = read_latents(&arguments.latents, dim)?;
    let count = latents.len() / dim;
    output.check(&model.config.shape, count)?;
    Need::of_portions("following", dim, count, 0.0).check()?;
    let field = DenoiserField::new(pde, &model.denoiser, dim);
    let (config, schedule) = (arguments.sampling.flow_config(count), &model.member.schedule);
    let mut nfe = 0;
    output.write(&model.config, count, |take| {
        for numbers in portions(dim, count) {
            let metered = Metered::new(&field);
            let latents = latents[numbers.start * dim..numbers.end * dim].to_vec();
            let points = transport(&metered, latents, schedule, &config, Direction::Backward)?.x;
            nfe = nfe.max(metered.evaluations());
            take(&points)?;
        }
        Ok(())
    })?;
    Ok(format!("{count} points, {nfe} network evaluations each: {}\n", arguments.out.display()))
}

pub(super) fn interpolate(
    arguments: &InterpolateArguments,
    pde: &dyn GenerativePde,
    own: Option<NetworkFn>,
) -> Result<String, AppError> {
    let output = Output::open(&arguments.out)?.counted_by(Setting::Steps);
    let [first, second] = arguments.points[..] else {
        let found = arguments.points.len();
        return Err(RuntimeError::Setting(format!("--points takes two numbers, such as 3,7; found {found}")).into());
    };
    let steps = arguments.steps;
    if steps < 2 {
        return Err(RuntimeError::Setting("--steps 1: both ends are among the points; give 2 or more".into()).into());
    }
    let model = arguments.sampling.load(pde, own)?;
    output.check(&model.config.shape, steps)?;
    Need { setting: Setting::Steps, ..Need::of_portions("following", model.config.shape.dim(), steps, 0.0) }.check()?;
    let data = unseen_data(&model, arguments.data.as_deref())?;
    let mut ends: Vec<f64> = Vec::new();
    for index in [first, second] {
        let Some(point) = data.point(index) else {
            let message = format!("there is no point {index}; the data have {} points", data.len());
            return Err(RuntimeError::Setting(message).into());
        };
        ends.extend(point.iter().map(|x| f64::from(*x)));
    }
    let field = DenoiserField::new(pde, &model.denoiser, data.dim());
    let (config, schedule) = (arguments.sampling.flow_config(2), &model.member.schedule);
    let latents = transport(&field, ends, schedule, &config, Direction::Forward)?.x;
    let (a, b) = latents.split_at(data.dim());
    let place = |i: usize| between(a, b, &model.statistics.mean, i as f64 / (steps - 1) as f64);
    output.write(&model.config, steps, |take| {
        for numbers in portions(data.dim(), steps) {
            let between = numbers.flat_map(place).collect();
            take(&transport(&field, between, schedule, &config, Direction::Backward)?.x)?;
        }
        Ok(())
    })?;
    Ok(format!("{steps} points from {first} to {second}: {}\n", arguments.out.display()))
}

/// The latent at `share` of the way from `a` to `b`: its direction from the mean turns evenly along a great circle, and
/// its distance changes by the same factor everywhere. Distances of heavy-tailed latents differ by orders of magnitude;
/// a straight line between two of them would pass through places where no latents are.
fn between(a: &[f64], b: &[f64], mean: &[f64], share: f64) -> Vec<f64> {
    let from_mean = |x: &[f64]| -> (Vec<f64>, f64) {
        let offset: Vec<f64> = x.iter().zip(mean).map(|(x, mean)| x - mean).collect();
        let length = offset.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        (offset.iter().map(|x| x / length).collect(), length)
    };
    let ((u, long), (v, short)) = (from_mean(a), from_mean(b));
    let angle = u.iter().zip(&v).map(|(u, v)| u * v).sum::<f64>().clamp(-1.0, 1.0).acos();
    let length = long.powf(1.0 - share) * short.powf(share);
    let sine = angle.sin();
    // Parallel or opposite directions have no circle of their own: along the line.
    let (of_u, of_v) = if sine < 1e-6 {
        (1.0 - share, share)
    } else {
        (((1.0 - share) * angle).sin() / sine, (share * angle).sin() / sine)
    };
    u.iter().zip(&v).zip(mean).map(|((u, v), mean)| mean + length * (of_u * u + of_v * v)).collect()
}

/// Latents of any type and order of axes, as other programs leave them.
fn read_latents(path: &Path, dim: usize) -> Result<Vec<f64>, RuntimeError> {
    let (count, found, latents) = read_matrix(path)?;
    if found != dim || count == 0 {
        let message = format!("{}: expected latents of shape (count, {dim}), found ({count}, {found})", path.display());
        return Err(RuntimeError::Setting(message));
    }
    Ok(latents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_between_latents_turns_and_grows_evenly() {
        let (a, b, mean) = ([1.0, 1.0], [0.0, 5.0], [0.0, 1.0]);
        assert!(between(&a, &b, &mean, 0.0).iter().zip(&a).all(|(x, y)| (x - y).abs() < 1e-12));
        assert!(between(&a, &b, &mean, 1.0).iter().zip(&b).all(|(x, y)| (x - y).abs() < 1e-12));
        let middle = between(&a, &b, &mean, 0.5);
        assert!(((middle[0]).hypot(middle[1] - 1.0) - 2.0).abs() < 1e-12, "{middle:?}");
        assert!((middle[0] - (middle[1] - 1.0)).abs() < 1e-12, "{middle:?}");
    }
}
