//! `genphys completions`: shell completions.

use crate::cli::Cli;
use crate::outcome::{CommandResult, Outcome};
use crate::output;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print completions for a shell
///
/// For bash: genphys completions bash > ~/.local/share/bash-completion/completions/genphys
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
///
/// # Errors
/// When stdout cannot be written to.
pub(crate) fn completions(args: &CompletionsArgs) -> CommandResult {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "genphys", &mut script);
    output::raw_result(&script)?;
    Ok(Outcome::Yes)
}
