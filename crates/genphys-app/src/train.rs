//! `train`: data in, checkpoints out.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

use clap::Args;

use super::data_options::DataArguments;
use super::error::AppError;
use super::interrupt::Interrupt;
use super::network_choice::NetworkChoice;
use super::output::lies_in;
use super::physics::Physics;
use super::progress::Progress;
use genphys_data::{self as data, DataShape, LABEL_MARK};
use genphys_files::shell_command;
use genphys_flow::GenerativePde;
use genphys_flow::birth_death::BirthDeath;
use genphys_flow::conservative::ConservativeRewrite;
use genphys_gpu::{KernelChoice, Kernels, open_device, pool_of};
use genphys_nn::network::{NetworkKind, NetworkSetup, Precision};
use genphys_train::comparison::choose;
use genphys_train::error::RuntimeError;
use genphys_train::loss::LossFn;
use genphys_train::run_dir::{RunDir, RunLock};
use genphys_train::training::{ModelConfig, StepReport, TrainConfig, Trainer};

/// Seed of generated data sets: the points of `moons` are the same in every run.
pub(super) const DATA_SEED: u64 = 0;

#[derive(Debug, Args)]
pub(super) struct TrainArguments {
    /// A known data set (digits, moons, eight-gaussians, swiss-roll, checkerboard), a folder of pictures or of one such
    /// folder per class, or a .npy, .npz (several arrays: archive.npz#NAME), CSV or IDX file
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
    /// Go on with the training in the folder; sizes and seed are those it was begun with, and may be given again
    #[arg(long)]
    resume: bool,
    /// cpu, cuda, cuda:1 or metal
    #[arg(long, default_value = "cpu")]
    device: String,
    /// Whose operations network and training are made of: candle (the reference), own, or auto (own where they agree
    /// with the reference on this machine)
    #[arg(long, value_name = "WHOSE", default_value_t)]
    kernels: KernelChoice,
    /// Steps in all, those of earlier sessions included [default: by kind of data, within 5 minutes]
    #[arg(long)]
    steps: Option<u64>,
    /// Time or steps between two checkpoints, and what is lost at most when the program is killed: 30s, 5m, 2h, or a
    /// number of steps
    #[arg(long, value_name = "S", default_value_t)]
    save_every: SaveEvery,
    /// Minutes in this session, whatever the number of steps
    #[arg(long)]
    minutes: Option<f64>,
    /// Seed of all randomness [default: 0]
    #[arg(long)]
    seed: Option<u64>,
    /// mlp (any data), unet or dit (images), own (a network that the program brings along) [default: what the program
    /// was made with, else mlp]
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
    /// How a GPU stores and multiplies activations: f32, tf32 (products of 10 bits behind the point), or bf16 [default:
    /// f32]
    #[arg(long, value_name = "FORMAT")]
    precision: Option<Precision>,
    /// Mirror images at random, left to right
    #[arg(long)]
    flip: bool,
    /// Half-lives of the moving averages that are kept, in steps; samples are drawn with the first unless another is
    /// asked for
    #[arg(long, value_name = "STEPS", value_delimiter = ',')]
    half_lives: Option<Vec<f64>>,
    /// Largest step size
    #[arg(long)]
    learning_rate: Option<f64>,
    /// conservative: learn the flow that carries the density of mass one, without births and deaths
    #[arg(long, value_name = "HOW")]
    birth_death: Option<BirthDeath>,
}

/// `--save-every`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct SaveEvery(Every);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Every {
    Time(Duration),
    Steps(u64),
}

impl Default for SaveEvery {
    fn default() -> Self {
        Self(Every::Time(Duration::from_secs(30)))
    }
}

impl FromStr for SaveEvery {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected a time such as 30s, 5m or 2h, or a number of steps > 0, found `{text}`");
        if let Ok(steps) = text.parse::<u64>() {
            return if steps > 0 { Ok(Self(Every::Steps(steps))) } else { Err(wrong()) };
        }
        let units = [("s", 1.0), ("m", 60.0), ("h", 3600.0)];
        let time = |(unit, seconds): (&str, f64)| Some(seconds * text.strip_suffix(unit)?.parse::<f64>().ok()?);
        let seconds = units.into_iter().find_map(time).filter(|seconds| *seconds > 0.0).ok_or_else(wrong)?;
        Duration::try_from_secs_f64(seconds).map(|time| Self(Every::Time(time))).map_err(|_| wrong())
    }
}

impl fmt::Display for SaveEvery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(time) => write!(f, "{}s", time.as_secs_f64()),
            Self::Steps(1) => f.write_str("step"),
            Self::Steps(steps) => write!(f, "{steps} steps"),
        }
    }
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
        let rewritten = self.resume && Physics::of_run(&self.out, pde)?.is_rewritten();
        let wanted = self.birth_death.map(|how| how == BirthDeath::Conservative);
        if self.resume && RunDir::exists(&self.out) && wanted.is_some_and(|wanted| wanted != rewritten) {
            let has =
                if rewritten { "was begun with conservative" } else { "has births and deaths, or none to rewrite" };
            let message = format!("--birth-death cannot be changed with --resume: the run {has}");
            return Err(RuntimeError::Setting(message));
        }
        if rewritten || wanted == Some(true) {
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

    /// With `--resume` the choices are those of the run; asking for others is a mistake worth telling.
    fn check_resume(&self, run: &TrainConfig) -> Result<(), RuntimeError> {
        fn pair<T: PartialEq + std::fmt::Debug>(given: Option<T>, has: &T) -> Option<(String, String)> {
            given.filter(|given| given != has).map(|given| (format!("{given:?}"), format!("{has:?}")))
        }
        let conditional = self.conditional || self.label.is_some();
        let choices = [
            ("--seed", pair(self.seed, &run.seed)),
            ("--net", pair(self.net, &run.network).map(|(a, b)| (a.to_lowercase(), b.to_lowercase()))),
            ("--batch", pair(self.batch, &run.batch)),
            ("--accumulate", pair(self.accumulate, &run.accumulate)),
            ("--flip", pair(self.flip.then_some(true), &run.flip)),
            ("--conditional", pair(conditional.then_some(true), &run.conditional)),
            ("--half-lives", pair(self.half_lives.clone(), &run.ema_half_lives)),
            ("--width", pair(self.width, &run.width)),
            ("--precision", pair(self.precision, &run.precision).map(|(a, b)| (a.to_lowercase(), b.to_lowercase()))),
            ("--depth", pair(self.depth, &run.depth)),
            ("--learning-rate", pair(self.learning_rate, &run.learning_rate)),
        ];
        match choices.into_iter().find_map(|(name, other)| other.map(|other| (name, other))) {
            Some((name, (given, has))) => Err(RuntimeError::Setting(format!(
                "{name} cannot be changed with --resume: the run has {has}, and {given} was given"
            ))),
            None => Ok(()),
        }
    }
}

pub(super) fn train(
    arguments: &TrainArguments,
    pde: &dyn GenerativePde,
    loss: LossFn,
    network: NetworkChoice,
    command_line: &[OsString],
) -> Result<String, AppError> {
    let device = open_device(&arguments.device)?;
    let precision = arguments.precision.filter(|precision| *precision != Precision::F32);
    if let Some(precision) = precision {
        let message = if pool_of(&device).is_none() {
            format!("--precision {precision} is for an NVIDIA GPU (--device cuda); elsewhere values are f32")
        } else {
            format!("--precision {precision} is one of our own kernels; with --kernels candle values are f32")
        };
        if pool_of(&device).is_none() || arguments.kernels == KernelChoice::Of(Kernels::Candle) {
            return Err(RuntimeError::Setting(message).into());
        }
    }
    if arguments.net == Some(NetworkKind::Own) && network.own().is_none() {
        let message = "--net own is a network that the program brings along, and this one has none: NETWORK in \
                       src/train.rs is the place for it";
        return Err(RuntimeError::Setting(message.into()).into());
    }
    let (source, label, out) = (&arguments.data, arguments.label.as_deref(), &arguments.out);
    // Before the data are read, which may take long.
    let lock = if RunDir::exists(out) { Some(RunLock::take(out)?) } else { None };
    match (&lock, arguments.resume) {
        (Some(_), true) => arguments.check_resume(&RunDir::consistently(out, ModelConfig::read)?.training)?,
        (Some(_), false) => return Err(holds_a_run(out).into()),
        (None, true) => drop(RunDir::open(out)?),
        (None, false) => {}
    }
    let data = match arguments.run_to_resume() {
        Some(run) => arguments.reading.load_again(source, label, run)?,
        None => arguments.reading.load(source, label)?,
    };
    let (backend, note) = choose(&device, arguments.kernels)?;
    let setup = NetworkSetup { backend, own: network.own() };
    let mut trainer = match lock {
        Some(lock) => Trainer::resume_in(lock, &[pde], loss, &data, &setup)?,
        None => {
            let source = absolute(source, &data.name);
            let config = arguments.config(&data.shape, network.kind());
            let mut trainer = Trainer::new(pde, loss, &source, &data, config, &setup)?;
            let lock = RunLock::take(out)?;
            // Another training may have come first.
            if RunDir::exists(out) {
                return Err(holds_a_run(out).into());
            }
            trainer.keep_in(lock);
            trainer
        }
    };
    let limits = arguments.limits(&data.shape)?;
    let mut progress = Progress::new();
    if let Some(note) = note {
        let precision = trainer.config().training.precision;
        let values = if precision == Precision::F32 { "" } else { "; values are f32, not what --precision says" };
        progress.note(&format!("{note}{values}"));
    }
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
    let prior = trainer.prior_error();
    if prior.at_end {
        progress.note(&format!("generation begins at t = {}: {}", prior.time, prior.reason()));
    }
    let SaveEvery(every) = &arguments.save_every;
    progress.note(&format!("a checkpoint every {every}: what is lost at most when this program is killed"));
    let interrupt = Interrupt::watch()?;
    let (begun, first) = (Instant::now(), trainer.state().step);
    let mut saved = Instant::now();
    let mut recent = RecentLoss::default();
    // The first checkpoint shows at once whether the folder can be written.
    save(&mut trainer, out, command_line)?;
    while interrupt.happened().is_none()
        && limits.steps.is_none_or(|steps| trainer.state().step < steps)
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
        let is_due = match every {
            Every::Time(time) => saved.elapsed() >= *time,
            Every::Steps(steps) => trainer.state().step.is_multiple_of(*steps),
        };
        if is_due {
            save(&mut trainer, out, command_line)?;
            saved = Instant::now();
        }
    }
    save(&mut trainer, out, command_line)?;
    progress.finish();
    let state = trainer.state();
    if let Some((name, number)) = interrupt.happened() {
        let message = format!(
            "ended by {name}: {} steps are done, and the checkpoint is in {}\n  this goes on: {}",
            state.step,
            out.display(),
            going_on(command_line)
        );
        return Err(AppError::Stopped { exit_code: 128 + number, message });
    }
    let loss = recent.read()?.map_or(String::new(), |loss| format!(", loss {loss:.4}"));
    Ok(format!("{} steps in {:.0} s{loss}; model in {}\n", state.step, state.seconds, out.display()))
}

fn holds_a_run(out: &Path) -> RuntimeError {
    RuntimeError::Setting(format!("{} holds a run already; add --resume to go on with it", out.display()))
}

/// Writes a checkpoint. If that fails the training ends, so that it does not fill the disk over and over.
fn save(trainer: &mut Trainer<'_>, out: &Path, command_line: &[OsString]) -> Result<(), AppError> {
    let last = trainer.saved_step();
    trainer.save(out).map_err(|error| match (error, last) {
        (error @ RuntimeError::Io { .. }, Some(step)) => {
            let goes_on = going_on(command_line);
            let message = format!(
                "{error}\n  the checkpoint of step {step} is whole; when there is room again, this goes on from it: {goes_on}"
            );
            AppError::Stopped { exit_code: AppError::from(error).exit_code(), message }
        }
        (error, _) => error.into(),
    })
}

/// The command line that goes on with the training.
fn going_on(command_line: &[OsString]) -> String {
    let resume = OsStr::new("--resume");
    let added = (!command_line.iter().any(|word| word == resume)).then_some(resume);
    shell_command(command_line.iter().map(OsString::as_os_str).chain(added))
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

impl TrainArguments {
    /// Checks, before anything is read, what means nothing at zero and where checkpoints go.
    pub(super) fn check(&self) -> Result<(), RuntimeError> {
        let sizes = [
            ("--steps", self.steps),
            ("--batch", self.batch.map(|batch| batch as u64)),
            ("--accumulate", self.accumulate),
            ("--width", self.width.map(|width| width as u64)),
            ("--depth", self.depth.map(|depth| depth as u64)),
        ];
        if let Some((name, _)) = sizes.into_iter().find(|(_, value)| *value == Some(0)) {
            return Err(RuntimeError::Setting(format!("{name} must be one or more, found 0")));
        }
        let data = Path::new(&self.data);
        if !self.resume && !data::is_known(&self.data) && data.is_dir() && lies_in(&self.out, data) {
            let message = format!("--out {}: it lies among the data, in {}", self.out.display(), self.data);
            return Err(RuntimeError::Setting(message));
        }
        genphys_files::check_folder(&self.out).map_err(RuntimeError::io("cannot write into", &self.out))
    }
}
