//! `genphys`: verdicts about equations, and generative models from them.

mod cli;
mod commands;
mod diagnostics;
mod engine;
mod model;
mod outcome;
mod output;
mod plot;
mod report;
mod settings;
mod shipped;
mod source;
mod suggest;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match commands::dispatch(&cli::Cli::parse().command) {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            output::failure(&failure);
            outcome::Outcome::BadInput.into()
        }
    }
}
