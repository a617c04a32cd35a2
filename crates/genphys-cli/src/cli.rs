//! The command line as clap sees it.

use crate::commands::{check, completions, derive, dispersion, explain, fmt, kernel, list, new, run};
use clap::{Parser, Subcommand};

const ABOUT: &str = "Generative models from physical processes: verdicts about equations, and models from them";

const LONG_VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\nThe verdicts are computed with Symbolica 3.0.0, which is source-available: free for non-commercial use on one\n\
     thread; other use needs a licence from its authors. Models that genphys generates do not contain it."
);

const AFTER_HELP: &str = "\
Exit status: 0 yes or done; 1 no (not s-generative, no kernel, stale, not formatted); 2 bad input or failure.
Results are printed on stdout, everything else on stderr. NO_COLOR turns colours off.";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "genphys", about = ABOUT, version, long_version = LONG_VERSION, after_help = AFTER_HELP)]
#[command(max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(check::CheckArgs),
    Dispersion(dispersion::DispersionArgs),
    Kernel(kernel::KernelArgs),
    New(new::NewArgs),
    Run(run::RunArgs),
    Derive(derive::DeriveArgs),
    Fmt(fmt::FmtArgs),
    List(list::ListArgs),
    Explain(explain::ExplainArgs),
    /// Say what this machine has for models, and what to do where something is missing
    Doctor,
    Completions(completions::CompletionsArgs),
    /// The engine process, started by this program itself.
    #[command(name = crate::engine::SUBCOMMAND, hide = true)]
    Engine,
}
