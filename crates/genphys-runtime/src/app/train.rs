//! `train`: data in, checkpoints out.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use super::device::open_device;
use super::error::AppError;
use super::progress::Progress;
use crate::data::{self, DataShape};
use crate::error::RuntimeError;
use crate::generative_pde::GenerativePde;
use crate::loss::LossFn;
use crate::run_dir::RunDir;
use crate::training::{TrainConfig, Trainer};

/// Time between two checkpoints.
const SAVE_EVERY: Duration = Duration::from_secs(30);

/// Seed of generated data sets: the points of `moons` are the same in every run.
pub(super) const DATA_SEED: u64 = 0;

#[derive(Debug, Args)]
pub(super) struct TrainArguments {
    /// A known data set (digits, moons, eight-gaussians, swiss-roll, checkerboard), a folder of images, or a .npy, CSV or
    /// IDX file
    #[arg(long)]
    data: String,
    /// Folder for checkpoints
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Go on with the training in the folder; sizes and seed are those it was begun with
    #[arg(long)]
    resume: bool,
    /// cpu, cuda, cuda:1 or metal
    #[arg(long, default_value = "cpu")]
    device: String,
    /// Steps in all, those of earlier sessions included [default: by kind of data, within 5 minutes]
    #[arg(long)]
    steps: Option<u64>,
    /// Minutes in this session, whatever the number of steps
    #[arg(long)]
    minutes: Option<f64>,
    /// Seed of all randomness [default: 0]
    #[arg(long)]
    seed: Option<u64>,
    /// Data points per step
    #[arg(long)]
    batch: Option<usize>,
    /// Width of the network
    #[arg(long)]
    width: Option<usize>,
    /// Residual blocks of the network
    #[arg(long)]
    depth: Option<usize>,
    /// Largest step size
    #[arg(long)]
    learning_rate: Option<f64>,
}

/// When to stop.
struct Limits {
    steps: Option<u64>,
    time: Option<Duration>,
}

impl TrainArguments {
    /// The folder of the run that goes on, with `--resume`.
    pub(super) fn run_to_resume(&self) -> Option<&Path> {
        self.resume.then_some(self.out.as_path())
    }

    fn config(&self, shape: &DataShape) -> TrainConfig {
        let mut config = TrainConfig::for_data(shape);
        config.seed = self.seed.unwrap_or(config.seed);
        config.batch = self.batch.unwrap_or(config.batch);
        config.width = self.width.unwrap_or(config.width);
        config.depth = self.depth.unwrap_or(config.depth);
        config.learning_rate = self.learning_rate.unwrap_or(config.learning_rate);
        config
    }

    fn limits(&self, shape: &DataShape) -> Result<Limits, RuntimeError> {
        let time = match self.minutes {
            Some(minutes) if minutes > 0.0 && minutes < 1e9 => Some(Duration::from_secs_f64(60.0 * minutes)),
            Some(minutes) => {
                return Err(RuntimeError::Setting(format!("--minutes must be a positive number, found {minutes}")));
            }
            None => None,
        };
        if self.steps.is_none() && time.is_none() {
            let (steps, minutes) = TrainConfig::default_limits(shape);
            return Ok(Limits { steps: Some(steps), time: Some(Duration::from_secs_f64(60.0 * minutes)) });
        }
        Ok(Limits { steps: self.steps, time })
    }

    /// With `--resume` the sizes are fixed; asking for others is a mistake worth telling.
    fn check_resume(&self) -> Result<(), RuntimeError> {
        let fixed = [
            ("--seed", self.seed.is_some()),
            ("--batch", self.batch.is_some()),
            ("--width", self.width.is_some()),
            ("--depth", self.depth.is_some()),
            ("--learning-rate", self.learning_rate.is_some()),
        ];
        match fixed.iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(RuntimeError::Setting(format!("{name} cannot be changed with --resume"))),
            None => Ok(()),
        }
    }
}

pub(super) fn train(arguments: &TrainArguments, pde: &dyn GenerativePde, loss: LossFn) -> Result<String, AppError> {
    let device = open_device(&arguments.device)?;
    let data = data::load(&arguments.data, DATA_SEED).map_err(RuntimeError::from)?;
    let out = &arguments.out;
    let mut trainer = if arguments.resume {
        arguments.check_resume()?;
        Trainer::resume(pde, loss, out, &data, &device)?
    } else {
        if RunDir::exists(out) {
            let message = format!("{} holds a run already; add --resume to go on with it", out.display());
            return Err(RuntimeError::Setting(message).into());
        }
        let source = absolute(&arguments.data, &data.name);
        Trainer::new(pde, loss, &source, &data, arguments.config(&data.shape), &device)?
    };
    let limits = arguments.limits(&data.shape)?;
    let mut progress = Progress::new();
    progress.note(&format!(
        "{} on {}: {} points of dimension {}, {} parameters",
        pde.name(),
        data.name,
        data.len(),
        data.dim(),
        trainer.denoiser().parameters().count()
    ));
    let (begun, first) = (Instant::now(), trainer.state().step);
    let mut saved = Instant::now();
    let mut average: Option<f64> = None;
    // The first checkpoint shows at once whether the folder can be written.
    trainer.save(out)?;
    while limits.steps.is_none_or(|steps| trainer.state().step < steps)
        && limits.time.is_none_or(|time| begun.elapsed() < time)
    {
        let report = trainer.step()?;
        let weight = if average.is_none() { 1.0 } else { 0.02 };
        let loss = average.unwrap_or(0.0) + weight * (report.denoising - average.unwrap_or(0.0));
        average = Some(loss);
        let elapsed = begun.elapsed();
        let of_steps = limits.steps.map_or(0.0, |steps| report.step as f64 / steps.max(1) as f64);
        let of_time = limits.time.map_or(0.0, |time| elapsed.as_secs_f64() / time.as_secs_f64());
        progress.at(of_steps.max(of_time), || {
            let rate = (report.step - first) as f64 / elapsed.as_secs_f64();
            format!("step {}  loss {loss:.4}  {rate:.1} steps/s  {:.0} s", report.step, elapsed.as_secs_f64())
        });
        if saved.elapsed() >= SAVE_EVERY {
            trainer.save(out)?;
            saved = Instant::now();
        }
    }
    trainer.save(out)?;
    progress.finish();
    let state = trainer.state();
    let loss = average.map_or(String::new(), |loss| format!(", loss {loss:.4}"));
    Ok(format!("{} steps in {:.0} s{loss}; model in {}\n", state.step, state.seconds, out.display()))
}

/// Paths are kept absolute, so that a run can be evaluated from anywhere; names stay names.
pub(super) fn absolute(spec: &str, name: &str) -> String {
    let known = data::known_data_sets().iter().any(|(known, _)| *known == name);
    if known && !spec.contains(['/', '\\', '.']) {
        return name.to_owned();
    }
    Path::new(spec).canonicalize().map_or_else(|_| spec.to_owned(), |full| full.to_string_lossy().into_owned())
}
