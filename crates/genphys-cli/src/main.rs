//! `genphys`: verdicts about equations, and generative models from them.

mod cli;
mod commands;
mod diagnostics;
mod engine;
mod model;
mod outcome;
mod output;
mod plot;
mod precise;
mod report;
mod settings;
mod shipped;
mod source;
mod stored;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};
use genphys_files::visible;
use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match parsed(std::env::args_os().collect()) {
        Ok(cli) => cli,
        Err(error) => as_it_may_be_shown(error).exit(),
    };
    match commands::dispatch(&cli.command) {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            output::failure(&failure);
            outcome::Outcome::BadInput.into()
        }
    }
}

/// The same complaint about arguments that cannot write to the terminal where they are repeated.
fn as_it_may_be_shown(error: clap::Error) -> clap::Error {
    if error.kind() == ErrorKind::InvalidUtf8 {
        return not_text();
    }
    let arguments = std::env::args_os().map(|argument| visible(&argument.to_string_lossy()).into_owned().into());
    parsed(arguments.collect()).err().unwrap_or(error)
}

fn parsed(arguments: Vec<OsString>) -> Result<cli::Cli, clap::Error> {
    let mut command = with_negative_numbers(cli::Cli::command());
    let matches = command.try_get_matches_from_mut(arguments)?;
    cli::Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// The command with options that take `-1` for a value, and say what is wrong with it, and not for another option.
fn with_negative_numbers(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let takes_value = |arg: &clap::Arg| arg.get_long().is_some() && arg.get_action().takes_values();
    let command = command.mut_args(|arg| if takes_value(&arg) { arg.allow_negative_numbers(true) } else { arg });
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_negative_numbers))
}

/// Which argument is no text, and what to do.
fn not_text() -> clap::Error {
    let wrong = std::env::args_os().find(|argument| argument.to_str().is_none()).unwrap_or_default();
    let shown = visible(&wrong.to_string_lossy()).into_owned();
    let message = format!("`{shown}` is not UTF-8, as names have to be here: rename the file\n");
    clap::Error::raw(ErrorKind::InvalidUtf8, message)
}
