//! One module for each command. A command's arguments and its work stand together.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod derive;
pub(crate) mod dispersion;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod kernel;
pub(crate) mod list;
pub(crate) mod new;
pub(crate) mod run;

use crate::cli::Command;
use crate::engine;
use crate::outcome::CommandResult;

/// Runs a command.
///
/// # Errors
/// When it could not do its work.
pub(crate) fn dispatch(command: &Command) -> CommandResult {
    match command {
        Command::Check(args) => check::check(args),
        Command::Dispersion(args) => dispersion::dispersion(args),
        Command::Kernel(args) => kernel::kernel(args),
        Command::New(args) => new::new(args),
        Command::Run(args) => run::run(args),
        Command::Derive(args) => derive::derive(args),
        Command::Fmt(args) => fmt::fmt(args),
        Command::List(args) => list::list(args),
        Command::Explain(args) => explain::explain(args),
        Command::Doctor => doctor::doctor(),
        Command::Completions(args) => completions::completions(args),
        Command::Engine => engine::serve(),
    }
}
