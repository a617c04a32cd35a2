//! `genphys fmt`: the canonical form of `.pde` files, comments kept.

use crate::diagnostics;
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output;
use crate::source::{Source, read_file};
use clap::Args;
use genphys_files::visible;
use genphys_pde::Diagnostic;
use genphys_pde::codes::Code;
use std::path::Path;

/// Put .pde files into canonical form; comments are kept
///
/// Exit status: 0 done, or formatted already; 1 with --check, some file is not formatted; 2 bad input.
#[derive(Args, Debug)]
pub(crate) struct FmtArgs {
    /// Files to rewrite in place; `-` reads standard input and prints on standard output
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Write nothing; print the files that are not in canonical form
    #[arg(long)]
    check: bool,
}

/// Runs the command.
///
/// # Errors
/// When the result cannot be printed. What is wrong with one file does not keep the others from being formatted.
pub(crate) fn fmt(args: &FmtArgs) -> CommandResult {
    let mut outcome = Outcome::Yes;
    for file in &args.files {
        outcome = outcome.max(match format(file, args.check) {
            Ok(outcome) => outcome,
            Err(failure) => {
                output::failure(&failure);
                Outcome::BadInput
            }
        });
    }
    Ok(outcome)
}

fn format(file: &str, check: bool) -> CommandResult {
    // Not `Source::open`: a shipped equation has no file to rewrite.
    let is_stream = file == "-" || genphys_files::is_own_stream(Path::new(file));
    let source = if is_stream { Source::open(file)? } else { read(file)? };
    let formatted = match canonical(&source.bytes) {
        Ok(formatted) => formatted,
        Err(problems) => {
            diagnostics::print(&source.label, &source.bytes, &problems);
            return Ok(Outcome::BadInput);
        }
    };
    let changed = formatted.as_bytes() != source.bytes;
    if changed && !check {
        diagnostics::print(&source.label, &source.bytes, &taken(&source.bytes));
    }
    match (&source.path, check) {
        (_, true) if changed => {
            output::result(&format!("{}\n", source.label))?;
            return Ok(Outcome::No);
        }
        (Some(path), false) if changed => genphys_files::write(path, formatted.as_bytes())
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())).code(Code::FileError))?,
        (None, false) => output::raw_result(formatted.as_bytes())?,
        _ => {}
    }
    Ok(Outcome::Yes)
}

fn read(file: &str) -> Result<Source, Failure> {
    let bytes = read_file(Path::new(file))
        .map_err(|error| Failure::new(format!("cannot read {file}: {error}")).code(Code::FileError))?;
    Ok(Source { label: visible(file).into_owned(), path: Some(Path::new(file).to_owned()), bytes })
}

/// How notation was taken that has no signs of its own, which the canonical form does not show.
fn taken(bytes: &[u8]) -> Vec<Diagnostic> {
    let found = genphys_pde::read(bytes).map_or_else(|problems| problems, |checked| checked.warnings);
    found.into_iter().filter(|problem| [Code::ImpliedField, Code::TakenAs].contains(&problem.code)).collect()
}

fn canonical(bytes: &[u8]) -> Result<String, Vec<Diagnostic>> {
    let text = genphys_pde::decode::decode(bytes).map_err(|problem| vec![problem])?;
    Ok(genphys_pde::print_file(&genphys_pde::parse(text)?))
}
