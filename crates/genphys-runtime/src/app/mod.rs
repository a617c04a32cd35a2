//! The program of a model crate: `train`, `sample`, `eval`, `advise`, `sweep`.

mod advise;
mod device;
mod error;
mod eval;
mod parameters;
mod progress;
mod sample;
mod sweep;
mod train;

pub use device::open_device;
pub use error::AppError;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::error::RuntimeError;
use crate::generative_pde::GenerativePde;
use crate::loss::LossFn;
use parameters::ParameterArguments;

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
    /// Settings proposed for data, with reasons
    Advise {
        #[command(flatten)]
        parameters: ParameterArguments,
        #[command(flatten)]
        arguments: advise::AdviseArguments,
    },
    /// Train and measure a model for each of several values of a parameter
    Sweep(sweep::SweepArguments),
}

/// Runs the program on command-line arguments, the program's name first. Returns the text for standard output.
///
/// Progress goes to standard error. `--help` and `--version` are texts, not errors.
///
/// # Errors
/// When the arguments are wrong or the command fails; [`AppError::exit_code`] tells which.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    model: &dyn GenerativePde,
    loss: LossFn,
) -> Result<String, AppError> {
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => return Err(AppError::Usage(error.render().to_string())),
        Err(text) => return Ok(text.render().to_string()),
    };
    match arguments.command {
        Command::Train { parameters, arguments } => {
            let own = match arguments.run_to_resume() {
                Some(_) if parameters.are_given() => {
                    let message = "--set cannot be changed with --resume; the run has its values".to_owned();
                    return Err(RuntimeError::Setting(message).into());
                }
                Some(folder) => parameters::of_run(model, folder)?,
                None => parameters.apply(model)?,
            };
            train::train(&arguments, own.as_deref().unwrap_or(model), loss)
        }
        Command::Sample(arguments) => {
            let own = parameters::of_run(model, &arguments.sampling.model)?;
            sample::sample(&arguments, own.as_deref().unwrap_or(model))
        }
        Command::Eval(arguments) => {
            let own = parameters::of_run(model, &arguments.sampling.model)?;
            eval::eval(&arguments, own.as_deref().unwrap_or(model))
        }
        Command::Advise { parameters, arguments } => {
            advise::advise(&arguments, parameters.apply(model)?.as_deref().unwrap_or(model))
        }
        Command::Sweep(arguments) => sweep::sweep(&arguments, model, loss),
    }
}
