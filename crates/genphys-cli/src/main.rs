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

use clap::Parser;
use genphys_files::visible;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
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
    let arguments = std::env::args_os().map(|argument| visible(&argument.to_string_lossy()).into_owned());
    cli::Cli::try_parse_from(arguments).err().unwrap_or(error)
}
