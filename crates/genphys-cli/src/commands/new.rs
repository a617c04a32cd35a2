//! `genphys new`: a model crate.

use crate::model::crate_folder;
use crate::model::proof::{Proved, prove};
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output;
use crate::settings::SettingArgs;
use crate::source::FILE_HELP;
use clap::Args;
use std::path::PathBuf;

/// Write a model crate for an s-generative equation
///
/// The crate trains, samples and evaluates (`cargo run --release -- train --help`), shows the physics in src/pde.rs and the
/// training step in src/train.rs, and does not contain Symbolica.
///
/// Exit status: 0 done; 1 the equation is not s-generative; 2 bad input.
#[derive(Args, Debug)]
pub(crate) struct NewArgs {
    /// Folder to write, whose last part is the name of the crate; it must be empty or not exist
    #[arg(value_name = "NAME")]
    name: PathBuf,
    #[arg(long, value_name = "FILE", help = FILE_HELP)]
    pde: String,
    /// Folder of the crate `genphys` to depend on, or of a checkout [default: the checkout that this program was built
    /// from if it is still there, else the version on crates.io]
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Runs the command.
///
/// # Errors
/// When the name or a setting does not fit, the engine fails, or the folder cannot be written.
pub(crate) fn new(args: &NewArgs) -> CommandResult {
    let name = args
        .name
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| Failure::new(format!("{} does not end in the name of a crate", args.name.display())))?;
    let genphys = crate_folder::genphys_source(args.path.as_deref())?;
    let proved: Proved = match prove(&args.pde, &args.settings)? {
        Ok(proved) => proved,
        Err(outcome) => return Ok(outcome),
    };
    crate_folder::write(&args.name, &crate_folder::files(&proved, name, &genphys)?)?;
    output::note(&format!(
        "next: cd {}\n      cargo run --release -- train --data digits --out runs/a\n      \
         cargo run --release -- sample --model runs/a --out samples.png",
        args.name.display()
    ));
    output::result(&format!("{}\n", args.name.display()))?;
    Ok(Outcome::Yes)
}
