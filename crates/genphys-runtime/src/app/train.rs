//! `train`: data in, checkpoints out.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use super::data_options::DataArguments;
use super::device::open_device;
use super::error::AppError;
use super::physics::Physics;
use super::progress::Progress;
use crate::birth_death::BirthDeath;
use crate::conservative::ConservativeRewrite;
use crate::data::{self, DataShape, LABEL_MARK};
use crate::error::RuntimeError;
use crate::generative_pde::GenerativePde;
use crate::loss::LossFn;
use crate::network::{NetworkKind, Precision};
use crate::run_dir::RunDir;
use crate::training::{StepReport, TrainConfig, Trainer};

/// Time between two checkpoints.
const SAVE_EVERY: Duration = Duration::from_secs(30);

/// Seed of generated data sets: the points of `moons` are the same in every run.
pub(super) const DATA_SEED: u64 = 0;

#[derive(Debug, Args)]
pub(super) struct TrainArguments {
    /// A known data set (digits, moons, eight-gaussians, swiss-roll, checkerboard), a folder of pictures or of one such folder
    /// per class, or a .npy, .npz (several arrays: archive.npz#NAME), CSV or IDX file
    #[arg(long)]
    data: String,
    #[command(flatten)]
    reading: DataArguments,
    /// Learn the classes of labelled data, so that samples of one class can be drawn
    #[arg(long)]
    conditional: bool,
    /// Column of a table, or array of a .npz archive, that holds the classes; implies --conditional
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
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
    /// mlp (any data), unet or dit (images) [default: what the program was made with, else mlp]
    #[arg(long, value_name = "KIND")]
    net: Option<NetworkKind>,
    /// Data points per step, or per part of one
    #[arg(long)]
    batch: Option<usize>,
    /// Parts of a step, each of --batch points, whose gradients are averaged: large steps in little memory [default: 1]
    #[arg(long, value_name = "PARTS")]
    accumulate: Option<u64>,
    /// Width of the network: values per example (mlp), per pixel at full size (unet), per token (dit)
    #[arg(long)]
    width: Option<usize>,
    /// Residual blocks of the network: in all (mlp, dit), or per size of the image (unet)
    #[arg(long)]
    depth: Option<usize>,
    /// How a GPU stores and multiplies activations: f32, tf32 (products of 10 bits behind the point), or bf16 [default: f32]
    #[arg(long, value_name = "FORMAT")]
    precision: Option<Precision>,
    /// Mirror images at random, left to right
    #[arg(long)]
    flip: bool,
    /// Half-lives of the moving averages that are kept, in steps; samples are drawn with the first unless another is asked for
    #[arg(long, value_name = "STEPS", value_delimiter = ',')]
    half_lives: Option<Vec<f64>>,
    /// Largest step size
    #[arg(long)]
    learning_rate: Option<f64>,
    /// conservative: learn the flow that carries the density of mass one, without births and deaths
    #[arg(long, value_name = "HOW")]
    birth_death: Option<BirthDeath>,
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

    /// The equation that is learned.
    pub(super) fn physics<'a>(&self, pde: &'a dyn GenerativePde) -> Result<Physics<'a>, RuntimeError> {
        if self.birth_death == Some(BirthDeath::Conservative)
            || (self.resume && Physics::of_run(&self.out, pde)?.is_rewritten())
        {
            return Ok(Physics::Rewritten(ConservativeRewrite::new(pde)?));
        }
        Ok(Physics::AsWritten(pde))
    }

    fn config(&self, shape: &DataShape, network: Option<NetworkKind>) -> TrainConfig {
        let mut config = match self.net.or(network) {
            Some(network) => TrainConfig::for_network(network, shape),
            None => TrainConfig::for_data(shape),
        };
        config.seed = self.seed.unwrap_or(config.seed);
        config.batch = self.batch.unwrap_or(config.batch);
        config.accumulate = self.accumulate.unwrap_or(config.accumulate);
        config.flip = self.flip;
        config.conditional = self.conditional || self.label.is_some();
        config.ema_half_lives = self.half_lives.clone().unwrap_or(config.ema_half_lives);
        config.width = self.width.unwrap_or(config.width);
        config.precision = self.precision.unwrap_or(config.precision);
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
            ("--net", self.net.is_some()),
            ("--batch", self.batch.is_some()),
            ("--accumulate", self.accumulate.is_some()),
            ("--flip", self.flip),
            ("--conditional", self.conditional),
            ("--half-lives", self.half_lives.is_some()),
            ("--width", self.width.is_some()),
            ("--precision", self.precision.is_some()),
            ("--depth", self.depth.is_some()),
            ("--learning-rate", self.learning_rate.is_some()),
        ];
        match fixed.iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(RuntimeError::Setting(format!("{name} cannot be changed with --resume"))),
            None => Ok(()),
        }
    }
}

pub(super) fn train(
    arguments: &TrainArguments,
    pde: &dyn GenerativePde,
    loss: LossFn,
    network: Option<NetworkKind>,
) -> Result<String, AppError> {
    let device = open_device(&arguments.device)?;
    if let Some(precision) = arguments.precision.filter(|precision| *precision != Precision::F32 && !device.is_cuda()) {
        let message = format!("--precision {precision} is for an NVIDIA GPU (--device cuda); elsewhere values are f32");
        return Err(RuntimeError::Setting(message).into());
    }
    let (source, label, out) = (&arguments.data, arguments.label.as_deref(), &arguments.out);
    let data = match arguments.run_to_resume() {
        Some(run) => arguments.reading.load_again(source, label, run)?,
        None => arguments.reading.load(source, label)?,
    };
    let mut trainer = if arguments.resume {
        arguments.check_resume()?;
        Trainer::resume(pde, loss, out, &data, &device)?
    } else {
        if RunDir::exists(out) {
            let message = format!("{} holds a run already; add --resume to go on with it", out.display());
            return Err(RuntimeError::Setting(message).into());
        }
        let source = absolute(source, &data.name);
        Trainer::new(pde, loss, &source, &data, arguments.config(&data.shape, network), &device)?
    };
    let limits = arguments.limits(&data.shape)?;
    let mut progress = Progress::new();
    progress.note(&format!(
        "{} on {}: {} points of dimension {}; {} of {} parameters{}",
        pde.name(),
        data.name,
        data.len(),
        data.dim(),
        trainer.config().network.kind,
        trainer.denoiser().parameters().count(),
        match trainer.config().classes() {
            0 => String::new(),
            classes => format!(", {classes} classes"),
        }
    ));
    let (begun, first) = (Instant::now(), trainer.state().step);
    let mut saved = Instant::now();
    let mut recent = RecentLoss::default();
    // The first checkpoint shows at once whether the folder can be written.
    trainer.save(out)?;
    while limits.steps.is_none_or(|steps| trainer.state().step < steps)
        && limits.time.is_none_or(|time| begun.elapsed() < time)
    {
        recent.unread.push(trainer.step()?);
        if progress.is_due() {
            let loss = recent.read()?.unwrap_or_default();
            let (elapsed, step) = (begun.elapsed(), trainer.state().step);
            let of_steps = limits.steps.map_or(0.0, |steps| step as f64 / steps.max(1) as f64);
            let of_time = limits.time.map_or(0.0, |time| elapsed.as_secs_f64() / time.as_secs_f64());
            progress.at(of_steps.max(of_time), || {
                let rate = (step - first) as f64 / elapsed.as_secs_f64();
                format!("step {step}  loss {loss:.4}  {rate:.1} steps/s  {:.0} s", elapsed.as_secs_f64())
            });
        }
        if saved.elapsed() >= SAVE_EVERY {
            trainer.save(out)?;
            saved = Instant::now();
        }
    }
    trainer.save(out)?;
    progress.finish();
    let state = trainer.state();
    let loss = recent.read()?.map_or(String::new(), |loss| format!(", loss {loss:.4}"));
    Ok(format!("{} steps in {:.0} s{loss}; model in {}\n", state.step, state.seconds, out.display()))
}

/// The loss, averaged over some fifty steps. Reports are read when it is shown: reading waits for a GPU.
#[derive(Default)]
struct RecentLoss {
    average: Option<f64>,
    unread: Vec<StepReport>,
}

impl RecentLoss {
    fn read(&mut self) -> Result<Option<f64>, RuntimeError> {
        for report in self.unread.drain(..) {
            let loss = report.denoising()?;
            self.average = Some(self.average.map_or(loss, |average| average + 0.02 * (loss - average)));
        }
        Ok(self.average)
    }
}

/// Paths are kept absolute, so that a run can be evaluated from anywhere; names stay names.
pub(super) fn absolute(spec: &str, name: &str) -> String {
    let known = data::known_data_sets().iter().any(|(known, _)| *known == name);
    if known && !spec.contains(['/', '\\', '.']) {
        return name.to_owned();
    }
    let full = |path: &str| Path::new(path).canonicalize().ok().map(|full| full.to_string_lossy().into_owned());
    let with_label = || {
        let (path, column) = data::split_mark(spec)?;
        Some(format!("{}{LABEL_MARK}{column}", full(path)?))
    };
    full(spec).or_else(with_label).unwrap_or_else(|| spec.to_owned())
}
