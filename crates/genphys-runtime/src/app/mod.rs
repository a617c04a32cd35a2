//! The program of a model crate: `train`, `sample`, `eval`.

mod class;
mod device;
mod error;
mod eval;
mod progress;
mod sample;
mod train;

pub use device::open_device;
pub use error::AppError;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::generative_pde::GenerativePde;
use crate::loss::LossFn;
use crate::network::NetworkKind;

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
    Train(train::TrainArguments),
    /// Draw samples from a trained model, as a picture or numbers
    Sample(sample::SampleArguments),
    /// Measure samples against held-out data, beside fresh real data
    Eval(eval::EvalArguments),
}

/// Runs the program on command-line arguments, the program's name first. Returns the text for standard output.
///
/// `network` is the kind that `train` takes unless told otherwise; `None` leaves it to the data. Progress goes to standard
/// error. `--help` and `--version` are texts, not errors.
///
/// # Errors
/// When the arguments are wrong or the command fails; [`AppError::exit_code`] tells which.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    model: &dyn GenerativePde,
    loss: LossFn,
    network: Option<NetworkKind>,
) -> Result<String, AppError> {
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => return Err(AppError::Usage(error.render().to_string())),
        Err(text) => return Ok(text.render().to_string()),
    };
    match arguments.command {
        Command::Train(arguments) => train::train(&arguments, model, loss, network),
        Command::Sample(arguments) => sample::sample(&arguments, model),
        Command::Eval(arguments) => eval::eval(&arguments, model),
    }
}
