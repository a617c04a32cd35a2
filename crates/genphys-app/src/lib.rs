//! The program of a model crate: `train`, `sample`, `eval`, `advise`, `sweep`, `likelihood`, `encode`, `decode`,
//! `interpolate`, `inpaint`, `doctor`.

mod advise;
mod class;
mod data_options;
mod disk;
mod doctor;
mod error;
mod eval;
mod inpaint;
mod interrupt;
mod latent;
mod likelihood;
mod network_choice;
mod options;
mod output;
mod parameters;
mod physics;
mod progress;
mod report;
mod run_data;
mod sample;
mod sweep;
mod train;

pub use doctor::report as doctor;
pub use error::AppError;
pub use genphys_gpu::open_device;
pub use network_choice::NetworkChoice;
pub use report::report;

use std::ffi::OsString;
use std::path::Path;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use parameters::ParameterArguments;
use physics::Physics;
use sample::SamplingArguments;

use genphys_flow::GenerativePde;
use genphys_flow::solver::SolverKind;
use genphys_train::loss::LossFn;

/// Train a generative model of a physical process, sample from it, and measure it.
#[derive(Debug, Parser)]
#[command(version, about, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train on data; checkpoints go to a folder
    Train {
        #[command(flatten)]
        parameters: ParameterArguments,
        #[command(flatten)]
        arguments: train::TrainArguments,
    },
    /// Draw samples from a trained model, as a picture or numbers
    Sample(sample::SampleArguments),
    /// Measure samples against held-out data, beside fresh real data
    Eval(eval::EvalArguments),
    /// Measure how probable the model finds held-out data, exactly, along the flow
    Likelihood(likelihood::LikelihoodArguments),
    /// Run data forward along the flow, to latents
    Encode(latent::EncodeArguments),
    /// Run latents backward along the flow, to data
    Decode(latent::DecodeArguments),
    /// Go from one data point to another through their latents
    Interpolate(latent::InterpolateArguments),
    /// Keep some coordinates of held-out data and sample the others
    Inpaint(inpaint::InpaintArguments),
    /// Settings proposed for data, with reasons
    Advise {
        #[command(flatten)]
        parameters: ParameterArguments,
        #[command(flatten)]
        arguments: advise::AdviseArguments,
    },
    /// Train and measure a model for each of several values of a parameter
    Sweep(sweep::SweepArguments),
    /// What this machine has, and whether our kernels do on it what candle's operations do
    Doctor,
}

impl Command {
    /// The folder of the run that the command reads, if it reads one.
    fn run_that_is_read(&self) -> Option<&Path> {
        match self {
            Self::Train { arguments, .. } => arguments.run_to_resume(),
            _ => self.sampling().map(|sampling| sampling.model.as_path()),
        }
    }

    /// The solver that the command takes unless another is asked for.
    fn solver(&self) -> SolverKind {
        match self {
            Self::Likelihood(_) | Self::Encode(_) | Self::Decode(_) | Self::Interpolate(_) => SolverKind::DormandPrince,
            _ => SolverKind::Heun,
        }
    }

    /// The file that the command writes, and the data or latents that it was told to read.
    fn files(&self) -> (Option<&Path>, Option<&str>) {
        match self {
            Self::Train { .. } | Self::Advise { .. } | Self::Sweep(_) | Self::Doctor => (None, None),
            Self::Sample(arguments) => (Some(&arguments.out), None),
            Self::Eval(arguments) => (arguments.out.as_deref(), arguments.data.as_deref()),
            Self::Likelihood(arguments) => (arguments.out.as_deref(), arguments.data.as_deref()),
            Self::Encode(arguments) => (Some(&arguments.out), arguments.data.as_deref()),
            Self::Decode(arguments) => (Some(&arguments.out), arguments.latents.to_str()),
            Self::Interpolate(arguments) => (Some(&arguments.out), arguments.data.as_deref()),
            Self::Inpaint(arguments) => (Some(&arguments.out), arguments.data.as_deref()),
        }
    }

    /// What commands that use a trained model know about it.
    fn sampling(&self) -> Option<&SamplingArguments> {
        match self {
            Self::Train { .. } | Self::Advise { .. } | Self::Sweep(_) | Self::Doctor => None,
            Self::Sample(arguments) => Some(&arguments.sampling),
            Self::Eval(arguments) => Some(&arguments.sampling),
            Self::Likelihood(arguments) => Some(&arguments.sampling),
            Self::Encode(arguments) => Some(&arguments.sampling),
            Self::Decode(arguments) => Some(&arguments.sampling),
            Self::Interpolate(arguments) => Some(&arguments.sampling),
            Self::Inpaint(arguments) => Some(&arguments.sampling),
        }
    }
}

fn parsed(arguments: &[OsString]) -> Result<Arguments, clap::Error> {
    let mut command = with_negative_numbers(Arguments::command());
    let found = command.try_get_matches_from_mut(arguments);
    let found =
        found.and_then(|matches| Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command)));
    found.map_err(|error| match (error.kind(), arguments.iter().find(|argument| argument.to_str().is_none())) {
        (ErrorKind::InvalidUtf8, Some(wrong)) => {
            let shown = genphys_files::visible(&wrong.to_string_lossy()).into_owned();
            let message = format!("`{shown}` is not UTF-8, as this name has to be: rename the file\n");
            clap::Error::raw(ErrorKind::InvalidUtf8, message)
        }
        _ => error,
    })
}

/// The command with options that take `-1` for a value, and say what is wrong with it, and not for another option.
fn with_negative_numbers(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let takes_value = |arg: &clap::Arg| arg.get_long().is_some() && arg.get_action().takes_values();
    let command = command.mut_args(|arg| if takes_value(&arg) { arg.allow_negative_numbers(true) } else { arg });
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_negative_numbers))
}

/// Runs the program on command-line arguments, the program's name first. Returns the text for standard output.
///
/// `network` is what `train` takes unless told otherwise: a kind, `None`, which leaves it to the data, or a network of
/// the program's own ([`NetworkFn`](genphys_nn::network::NetworkFn)). Progress goes to standard error. `--help` and `--version` are texts, not errors.
///
/// # Errors
/// When the arguments are wrong or the command fails; [`AppError::exit_code`] tells which.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    model: &dyn GenerativePde,
    loss: LossFn,
    network: impl Into<NetworkChoice>,
) -> Result<String, AppError> {
    let network = network.into();
    let command_line: Vec<OsString> = args.into_iter().collect();
    let arguments = match parsed(&command_line) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => return Err(AppError::Usage(error.render().to_string())),
        Err(text) => return Ok(text.render().to_string()),
    };
    let command = arguments.command;
    if let Some(folder) = command.run_that_is_read() {
        run_data::tell_without_checksums(folder)?;
    }
    if let Command::Train { arguments, .. } = &command {
        arguments.check()?;
    }
    if let (Some(sampling), (Some(out), given)) = (command.sampling(), command.files()) {
        output::check_apart(out, &sampling.model, given)?;
    }
    // A run is used with the parameters it was trained with, and with the conservative rewrite if it learned that.
    let own = match command.sampling() {
        Some(sampling) => parameters::of_run(model, &sampling.model, &sampling.parameters)?,
        None => None,
    };
    let model_of_run = own.as_deref().unwrap_or(model);
    let physics = match command.sampling() {
        Some(sampling) => Physics::of_run(&sampling.model, model_of_run)?,
        None => Physics::AsWritten(model),
    };
    let pde = physics.pde();
    if let Some(sampling) = command.sampling() {
        sampling.check_idle(command.solver(), pde)?;
    }
    match command {
        Command::Train { parameters, arguments } => {
            let own = match arguments.run_to_resume() {
                Some(folder) => {
                    let own = parameters::of_run(model, folder, &ParameterArguments::default())?;
                    parameters.check_same(own.as_deref().unwrap_or(model))?;
                    own
                }
                None => parameters.apply(model)?,
            };
            let model = own.as_deref().unwrap_or(model);
            train::train(&arguments, arguments.physics(model)?.pde(), loss, network, &command_line)
        }
        Command::Sample(arguments) => sample::sample(&arguments, pde, network.own()),
        Command::Eval(arguments) => eval::eval(&arguments, pde, network.own()),
        Command::Advise { parameters, arguments } => {
            advise::advise(&arguments, parameters.apply(model)?.as_deref().unwrap_or(model))
        }
        Command::Sweep(arguments) => sweep::sweep(&arguments, model, loss),
        Command::Likelihood(arguments) => likelihood::likelihood(&arguments, pde, network.own()),
        Command::Encode(arguments) => latent::encode(&arguments, pde, network.own()),
        Command::Decode(arguments) => latent::decode(&arguments, pde, network.own()),
        Command::Interpolate(arguments) => latent::interpolate(&arguments, pde, network.own()),
        Command::Inpaint(arguments) => inpaint::inpaint(&arguments, pde, network.own()),
        Command::Doctor => Ok(doctor::report()),
    }
}
