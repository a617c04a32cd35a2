//! `genphys run`: from an equation to pictures in one go.

use crate::model::cargo::Build;
use crate::model::crate_folder::SourceArgs;
use crate::model::proof::{Proved, prove};
use crate::model::run_folder::{Plan, RunFolder, Training};
use crate::model::{data, interrupt, trust};
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output;
use crate::settings::SettingArgs;
use crate::source::FILE_HELP;
use crate::stored;
use clap::Args;
use genphys_codegen::{CrateOptions, Net};
use genphys_pde::codes::Code;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The variable that sets how many threads candle's element-wise loops take.
const ELEMENTWISE_THREADS: &str = "CANDLE_NUM_THREADS";

/// Make a model of an equation, train it, sample it and evaluate it
///
/// Writes a model crate into DIR/model, builds it (the first build of all takes some minutes; later ones seconds),
/// trains it on the data, draws samples into DIR/samples.png and measures their distances to held-out data into
/// DIR/eval.json. The same command goes on where an earlier one stopped. Builds share $CARGO_TARGET_DIR, or a directory
/// in the user's cache.
///
/// Exit status: 0 done; 1 the equation is not s-generative; 2 bad input or failure.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    #[arg(value_name = "FILE", help = FILE_HELP)]
    file: String,
    /// digits, eight-gaussians, moons, swiss-roll, checkerboard; a folder of pictures; a .npy, .npz, .csv or IDX
    /// file
    #[arg(long, value_name = "DATA")]
    data: String,
    /// Folder for everything that is made
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Train this long [default, without --steps: at most 5 minutes, by kind of data]
    #[arg(long, value_name = "M", conflicts_with = "steps", value_parser = minutes)]
    minutes: Option<f64>,
    /// Train this many steps in all
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// How many samples the picture shows [default: 64 images, 2000 points]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Seed of all randomness: the same seed gives the same samples
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// cpu, cuda, cuda:N or metal
    #[arg(long, default_value = "cpu", value_parser = device)]
    device: String,
    /// mlp (any data), unet or dit (images) [default: by kind of data]
    #[arg(long, value_name = "KIND", value_parser = str::parse::<Net>)]
    net: Option<Net>,
    /// Rewrite births and deaths into the velocity
    #[arg(long)]
    conservative: bool,
    /// Build and run the model crate in DIR although it is not as genphys wrote it: changed by you, or made by someone
    /// else
    #[arg(long)]
    trust: bool,
    #[command(flatten)]
    genphys: SourceArgs,
    #[command(flatten)]
    settings: SettingArgs,
    /// Further options of the model's `train`, such as how data are read: -- --size 64
    #[arg(last = true, value_name = "OPTION")]
    train: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// When a setting does not fit, a stage fails, or Ctrl-C was pressed; the message says how to go on.
pub(crate) fn run(args: &RunArgs) -> CommandResult {
    // Everything that can be wrong with the arguments is told before the long work.
    data::check(&args.data)?;
    data::check_network(Some(&args.data), args.net)?;
    let genphys = args.genphys.source()?;
    genphys_files::check_folder(&args.out)
        .map_err(|error| Failure::new(format!("--out {}: {error}", args.out.display())).code(Code::FileError))?;
    data::check_apart(&args.data, &args.out)?;
    RunFolder::check_trust(&args.out, args.trust)?;
    let proved: Proved = match prove(&args.file, &args.settings)? {
        Ok(proved) => proved,
        Err(outcome) => return Ok(outcome),
    };
    stored::warn_of_refused(&proved.equation);
    data::check_dimension(&args.data, proved.proof.derivation())?;
    let folder = RunFolder::open(&args.out)?;
    let wanted = Training {
        data: args.data.clone(),
        seed: args.seed,
        minutes: args.minutes,
        steps: args.steps,
        options: args.train.clone(),
        finished: false,
    };
    let plan = folder.plan(&wanted)?;
    let name = {
        let data = Some(args.data.clone());
        let options = CrateOptions { conservative: args.conservative, data, net: args.net, ..args.settings.options() };
        folder.prepare_model(&proved, &genphys, &options)?
    };

    interrupt::watch()?;
    let feature = match args.device.split(':').next() {
        Some("cuda") => Some("cuda"),
        Some("metal") => Some("metal"),
        _ => None,
    };
    Build { folder: &folder.model(), name: &name, feature, program: &folder.program() }.run()?;
    // Cargo may have brought its lock file up to date.
    trust::remember(&folder.model());
    let stages = Stages { args, folder: &folder };
    stages.train(plan, wanted)?;
    stages.sample()?;
    let distances = stages.evaluate()?;

    output::result(&format!(
        "{distances}samples    {}\ndistances  {}\nmodel      {}\n",
        folder.samples().display(),
        folder.evaluation().display(),
        folder.model().display()
    ))?;
    Ok(Outcome::Yes)
}

/// The model's own program, stage by stage.
struct Stages<'a> {
    args: &'a RunArgs,
    folder: &'a RunFolder,
}

impl Stages<'_> {
    fn train(&self, plan: Plan, mut training: Training) -> Result<(), Failure> {
        if plan == Plan::Finished {
            output::note(&format!("trained already: {}", self.folder.training().display()));
            return Ok(());
        }
        self.folder.keep(&training)?;
        let mut command = self.program("train");
        command.args(["--data", &training.data, "--out"]).arg(self.folder.training());
        command.args(["--device", &self.args.device]);
        let minutes = match plan {
            Plan::Resume { minutes } => {
                output::note("training goes on from the last checkpoint");
                command.arg("--resume");
                minutes
            }
            _ => {
                output::note("training");
                command.args(["--seed", &training.seed.to_string()]);
                training.minutes
            }
        };
        if let Some(minutes) = minutes {
            command.args(["--minutes", &minutes.to_string()]);
        }
        if let Some(steps) = training.steps {
            command.args(["--steps", &steps.to_string()]);
        }
        command.args(&training.options);
        let summary = self.finish(command, "training")?;
        output::note(summary.trim_end());
        training.finished = true;
        self.folder.keep(&training)
    }

    fn sample(&self) -> Result<(), Failure> {
        output::note("sampling");
        let mut command = self.program("sample");
        command.arg("--model").arg(self.folder.training()).arg("--out").arg(self.folder.samples());
        command.args(["--seed", &self.args.seed.to_string(), "--device", &self.args.device]);
        if let Some(count) = self.args.count {
            command.args(["--count", &count.to_string()]);
        }
        let summary = self.finish(command, "sampling")?;
        output::note(summary.trim_end());
        Ok(())
    }

    /// The distances as text.
    fn evaluate(&self) -> Result<String, Failure> {
        output::note("evaluating");
        let mut command = self.program("eval");
        command.arg("--model").arg(self.folder.training()).arg("--out").arg(self.folder.evaluation());
        command.args(["--seed", &self.args.seed.to_string(), "--device", &self.args.device]);
        self.finish(command, "evaluating")
    }

    fn program(&self, stage: &str) -> Command {
        let mut command = Command::new(self.folder.program());
        command.arg(stage);
        // candle's own element-wise loops wait spinning for each other: on a machine that has other work as well,
        // several of them are many times slower than one. The heavy work does not depend on it.
        if std::env::var_os(ELEMENTWISE_THREADS).is_none() {
            command.env(ELEMENTWISE_THREADS, "1");
        }
        command
    }

    /// Runs a stage to its end, its progress on stderr, and returns what it printed as its result.
    fn finish(&self, mut command: Command, stage: &str) -> Result<String, Failure> {
        let started = Instant::now();
        let lost = |error: std::io::Error| Failure::new(format!("{stage}: {error}"));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(lost)?;
        let reader = child.stdout.take().map(|pipe| std::thread::spawn(move || std::io::read_to_string(pipe)));
        let status = interrupt::wait(&mut child).map_err(lost)?;
        let text = match reader.map(std::thread::JoinHandle::join) {
            Some(Ok(text)) => text.map_err(lost)?,
            _ => String::new(),
        };
        if interrupt::happened() {
            return Err(Failure::new(format!("interrupted while {stage}"))
                .help(format!("finished work is kept; this goes on: {}", interrupt::command_line())));
        }
        if !status.success() {
            return Err(Failure::new(format!("{stage} failed ({status})"))
                .help(format!("its message is above; the program is {}", self.folder.program().display())));
        }
        output::note(&format!("{stage} took {:.0} s", started.elapsed().as_secs_f64()));
        Ok(text)
    }
}

fn minutes(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("expected minutes > 0, such as 5 or 0.5".to_owned()),
    }
}

fn device(text: &str) -> Result<String, String> {
    let known = matches!(text, "cpu" | "cuda" | "metal")
        || text.strip_prefix("cuda:").is_some_and(|index| index.parse::<u16>().is_ok());
    known.then(|| text.to_owned()).ok_or_else(|| "expected cpu, cuda, cuda:0, cuda:1, … or metal".to_owned())
}
