//! `genphys derive`: the derivation file that the macro and the model crates read.

use crate::engine;
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output;
use crate::settings::SettingArgs;
use crate::source::Equation;
use clap::Args;
use genphys_codegen::store::{derivation_path, derivation_text};
use genphys_pde::codes::Code;
use genphys_pde::derivation::Derivation;
use std::path::{Path, PathBuf};

/// Write the derivation of each FILE beside it, for #[genphys_pde]
///
/// The derivation of pdes/yukawa.pde is pdes/yukawa.derivation.json. Commit it: builds then need no symbolic engine.
/// Every verdict is written, also that an equation is not s-generative.
///
/// Exit status: 0 done, or up to date; 1 with --check, some derivation is missing or stale; 2 bad input.
#[derive(Args, Debug)]
pub(crate) struct DeriveArgs {
    /// .pde files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write nothing; print the derivations that are missing or stale
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    settings: SettingArgs,
}

/// Runs the command.
///
/// # Errors
/// When a setting fits no equation or there is no engine.
pub(crate) fn derive(args: &DeriveArgs) -> CommandResult {
    let mut outcome = Outcome::Yes;
    let mut equations = Vec::new();
    for file in &args.files {
        match Equation::load(&file.to_string_lossy()) {
            Ok(equation) => equations.push(equation),
            Err(rejection) => {
                rejection.print();
                outcome = Outcome::BadInput;
            }
        }
    }
    let settings = args.settings.apply(&equations.iter().map(|equation| &equation.pde).collect::<Vec<_>>())?;
    let questions: Vec<_> = equations.iter().zip(&settings).collect();
    let answers = if questions.is_empty() { Vec::new() } else { engine::derive(&questions, true)? };
    for (equation, answer) in equations.iter().zip(answers) {
        outcome = outcome.max(match answer.and_then(|derivation| store(equation, &derivation, args.check)) {
            Ok(outcome) => outcome,
            Err(failure) => {
                output::failure(&failure);
                Outcome::BadInput
            }
        });
    }
    Ok(outcome)
}

fn store(equation: &Equation, derivation: &Derivation, check: bool) -> CommandResult {
    let Some(source) = &equation.path else {
        let message = format!("{}: a derivation is written beside a file, and this is none", equation.label);
        return Err(Failure::new(message).help("save a shipped equation with `genphys list NAME --write DIR` first"));
    };
    let path = derivation_path(source);
    let text = derivation_text(derivation).map_err(|error| Failure::new(error.to_string()))?;
    let fresh = std::fs::read(&path).is_ok_and(|bytes| bytes == text.as_bytes());
    match (fresh, check) {
        (true, _) => Ok(Outcome::Yes),
        (false, true) => {
            output::result(&format!("{}\n", path.display()))?;
            let what = if path.exists() { "stale" } else { "missing" };
            let message = format!("{} is {what}", path.display());
            let help = format!("run `genphys derive {}`", source.display());
            output::failure(&Failure::new(message).code(Code::StaleDerivation).help(help));
            Ok(Outcome::No)
        }
        (false, false) => {
            write(&path, &text)?;
            output::result(&format!("{}\n", path.display()))?;
            Ok(Outcome::Yes)
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())).code(Code::FileError))
}
