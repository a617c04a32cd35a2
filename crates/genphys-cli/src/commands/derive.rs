//! `genphys derive`: the derivation file that the macro and the model crates read.

use crate::engine;
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output;
use crate::settings::SettingArgs;
use crate::source::Equation;
use crate::stored;
use clap::Args;
use genphys_codegen::lines;
use genphys_codegen::store::{self, derivation_path, derivation_text};
use genphys_pde::codes::Code;
use genphys_pde::verdict::{ConditionReport, Status};
use genphys_verify::{Judged, TIME};
use std::path::Path;

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
    files: Vec<String>,
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
        match Equation::load(file) {
            Ok(equation) => match place(&equation, args.check) {
                Ok(()) => equations.push(equation),
                Err(failure) => {
                    output::failure(&failure);
                    outcome = Outcome::BadInput;
                }
            },
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

/// Checks, before the engine is asked, that there is a place for the derivation.
fn place(equation: &Equation, check: bool) -> Result<(), Failure> {
    let Some(source) = &equation.path else {
        let message = format!("{}: a derivation is written beside a file, and this is none", equation.label);
        return Err(Failure::new(message).help("save a shipped equation with `genphys list NAME --write DIR` first"));
    };
    let path = derivation_path(source);
    if let Ok(found) = std::fs::metadata(&path)
        && !found.is_file()
    {
        let message = format!("{}: this is {} and no file", path.display(), genphys_files::kind(&found));
        return Err(Failure::new(message).code(Code::FileError));
    }
    if check { Ok(()) } else { genphys_files::check(&path).map_err(|error| unwritable(&path, &error)) }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write {}: {error}", path.display())).code(Code::FileError)
}

fn store(equation: &Equation, judged: &Judged, check: bool) -> CommandResult {
    let Some(source) = &equation.path else { return place(equation, check).map(|()| Outcome::BadInput) };
    let path = derivation_path(source);
    let text = derivation_text(judged.derivation()).map_err(|error| Failure::new(error.to_string()))?;
    let fresh = genphys_files::read(&path, usize::MAX).is_ok_and(|bytes| lines(&bytes) == lines(text.as_bytes()));
    match (fresh, check) {
        (true, _) => Ok(Outcome::Yes),
        (false, true) => {
            output::result(&format!("{}\n", path.display()))?;
            let message = stored::what_is_wrong(&path, &equation.pde, judged);
            let help = format!("run `genphys derive {}`", source.display());
            output::failure(&Failure::new(message).code(Code::StaleDerivation).help(help));
            Ok(Outcome::No)
        }
        (false, false) => {
            keep_what_is_decided(equation, judged, &path)?;
            if let Ok(old) = store::read(&path, &equation.pde.hash)
                && genphys_verify::recheck(&equation.pde, &old).is_err()
            {
                output::warning(&format!("written anew: {}", stored::what_is_wrong(&path, &equation.pde, judged)));
            }
            write(&path, &text)?;
            output::result(&format!("{}\n", path.display()))?;
            Ok(Outcome::Yes)
        }
    }
}

/// # Errors
/// Where the clock stopped the engine and the file has an answer: the file stays.
fn keep_what_is_decided(equation: &Equation, judged: &Judged, path: &Path) -> Result<(), Failure> {
    let Ok(stored) = store::read_fresh(path, &equation.pde) else { return Ok(()) };
    let out_of_time = |report: &ConditionReport| report.undecided_because.as_deref() == Some(TIME);
    let lost = [(&judged.c1, &stored.c1), (&judged.c2, &stored.c2)]
        .into_iter()
        .any(|(new, old)| out_of_time(new) && old.status != Status::Undecided);
    if lost {
        let message = format!("{} stays as it is: the engine ran out of time, and the file is decided", path.display());
        return Err(Failure::new(message).help("try again when the machine is less busy"));
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    genphys_files::write(path, text.as_bytes()).map_err(|error| unwritable(path, &error))
}
