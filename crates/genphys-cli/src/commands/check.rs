//! `genphys check`: the verdict.

use crate::engine;
use crate::model::proof::why_no_model;
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output::{self, BAD, DIM, GOOD, styled};
use crate::report::{human, json, latex};
use crate::settings::SettingArgs;
use crate::source::{Equation, FILE_HELP, Rejection};
use clap::{Args, ValueEnum};
use genphys_pde::codes::Code;
use genphys_pde::derivation::Derivation;
use genphys_pde::verdict::Verdict;
use genphys_verify::{Judged, Level, NO_CERTIFICATE};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Say whether equations are s-generative, and why
///
/// Decides conditions C1 (a density flow that stays non-negative) and C2 (smoothing) of GenPhys, arXiv 2304.02637, for
/// all parameter values in the declared domains and all declared dimensions.
///
/// Exit status: 0 all are s-generative; 1 some are not, are conditional or undecided; 2 bad input.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    #[arg(required = true, value_name = "FILE", help = FILE_HELP)]
    files: Vec<String>,
    /// How to print the verdict
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Print how each claim was checked from its certificate, without the symbolic engine
    #[arg(long)]
    verify: bool,
    /// Save the repairs of each FILE in this directory as .pde files; files that are there stay as they are
    #[arg(long, value_name = "DIR")]
    repair_to: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingArgs,
}

/// How to print the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Human,
    /// One JSON value: an object for one FILE, an array for several
    Json,
    /// A fragment for \input; needs amsmath
    Latex,
}

/// What is known about one FILE at the end.
enum Answer {
    Verdict {
        judged: Box<Judged>,
        /// Why no model can be made although it is s-generative.
        no_model: Option<String>,
    },
    Rejected(Rejection),
    Failed(String, Failure),
}

/// Runs the command.
///
/// # Errors
/// When no FILE can be answered for: a setting that fits none, no engine.
pub(crate) fn check(args: &CheckArgs) -> CommandResult {
    if let Some(directory) = &args.repair_to {
        genphys_files::check_folder(directory).map_err(|error| {
            Failure::new(format!("--repair-to {}: {error}", directory.display())).code(Code::FileError)
        })?;
    }
    let answers = answers(args)?;
    for answer in &answers {
        match answer {
            Answer::Verdict { judged, .. } => tell_beliefs(judged),
            Answer::Rejected(rejection) => rejection.print(),
            Answer::Failed(_, failure) => output::failure(failure),
        }
    }
    output::result(&match args.format {
        Format::Human => human_page(&answers),
        Format::Latex => verdicts(&answers).map(latex::verdict).collect::<Vec<_>>().join("\n"),
        Format::Json => json_page(&answers)?,
    })?;
    let result = answers.iter().map(outcome).max().unwrap_or(Outcome::BadInput);
    for answer in &answers {
        let Answer::Verdict { judged, .. } = answer else { continue };
        if args.verify {
            tell_findings(judged);
        }
        if let Some(directory) = &args.repair_to {
            save_repairs(judged, directory)?;
        }
    }
    Ok(result)
}

/// Prints how each claim was checked.
fn tell_findings(judged: &Judged) {
    output::note(&format!("{}: how each claim was checked, without the engine", judged.pde.name));
    for finding in &judged.report().findings {
        let (word, style) = match finding.level {
            Level::Proved => ("proved", GOOD),
            Level::Sufficient => ("proved, sufficient", GOOD),
            Level::Unchecked => ("not proved", DIM),
            Level::Rejected => ("REJECTED", BAD),
        };
        output::styled_note(&format!("  {:<12} {}  {}", finding.part, styled(style, word), finding.text));
    }
}

/// Asks to report an answer of the engine that the checker could not prove.
fn tell_beliefs(judged: &Judged) {
    for (name, condition) in [("C1", &judged.c1), ("C2", &judged.c2)] {
        if condition.undecided_because.as_deref() == Some(NO_CERTIFICATE) {
            output::warning(&format!(
                "{}: {name} is undecided because the checker found no proof in what the engine believes; please report the \
                 equation",
                judged.pde.name
            ));
        }
    }
}

/// Saves every repair as `NAME_repair_1.pde`, ….
fn save_repairs(derivation: &Derivation, directory: &Path) -> Result<(), Failure> {
    let cannot =
        |what: &Path, error: &std::io::Error| Failure::new(format!("cannot write {}: {error}", what.display()));
    if derivation.repairs.is_empty() {
        output::note(&format!("{}: there is no repair to save", derivation.pde.name));
        return Ok(());
    }
    std::fs::create_dir_all(directory).map_err(|error| cannot(directory, &error))?;
    for (number, repair) in derivation.repairs.iter().enumerate() {
        let path = directory.join(format!("{}_repair_{}.pde", derivation.pde.name, number + 1));
        let text = format!("# {}: {}\n{}", derivation.pde.name, repair.change, repair.source);
        match genphys_files::write_new(&path, text.as_bytes()) {
            Ok(()) => output::note(&format!("saved {} ({})", path.display(), repair.change)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                output::warning(&format!("{} is there already and stays as it is", path.display()));
            }
            Err(error) => return Err(cannot(&path, &error)),
        }
    }
    Ok(())
}

fn answers(args: &CheckArgs) -> Result<Vec<Answer>, Failure> {
    let loaded: Vec<Result<Equation, Rejection>> = args.files.iter().map(|file| Equation::load(file)).collect();
    let equations: Vec<&Equation> = loaded.iter().filter_map(|loaded| loaded.as_ref().ok()).collect();
    let settings = args.settings.apply(&equations.iter().map(|equation| &equation.pde).collect::<Vec<_>>());
    let settings = match settings {
        Ok(settings) => settings,
        Err(failure) => {
            // The files' own problems are told all the same.
            loaded.iter().filter_map(|loaded| loaded.as_ref().err()).for_each(Rejection::print);
            return Err(failure);
        }
    };
    let questions: Vec<_> = equations.iter().copied().zip(&settings).collect();
    let mut derived = if questions.is_empty() { Vec::new() } else { engine::derive(&questions, true)? }.into_iter();
    Ok(loaded
        .into_iter()
        .map(|loaded| match loaded {
            Err(rejection) => Answer::Rejected(rejection),
            Ok(equation) => match derived.next() {
                Some(Ok(judged)) => {
                    let no_model = why_no_model(&judged, &equation.pde.time.name);
                    Answer::Verdict { judged: Box::new(judged), no_model }
                }
                Some(Err(failure)) => Answer::Failed(equation.label, failure),
                None => Answer::Failed(equation.label, Failure::new("the engine gave no answer")),
            },
        })
        .collect())
}

fn outcome(answer: &Answer) -> Outcome {
    match answer {
        Answer::Verdict { judged, .. } if judged.verdict == Verdict::SGenerative => Outcome::Yes,
        Answer::Verdict { .. } => Outcome::No,
        Answer::Rejected(_) | Answer::Failed(..) => Outcome::BadInput,
    }
}

fn verdicts(answers: &[Answer]) -> impl Iterator<Item = &Derivation> {
    answers.iter().filter_map(|answer| match answer {
        Answer::Verdict { judged, .. } => Some(judged.derivation()),
        _ => None,
    })
}

/// The verdicts one below the other, and a table of them at the end when there are several.
fn human_page(answers: &[Answer]) -> String {
    let width = output::text_width();
    let page = |answer: &Answer| match answer {
        Answer::Verdict { judged, no_model } => {
            let why = no_model.as_deref().map(|why| human::no_model(why, width)).unwrap_or_default();
            Some(human::verdict(judged.derivation(), width) + why.as_str())
        }
        Answer::Rejected(_) | Answer::Failed(..) => None,
    };
    let pages: Vec<String> = answers.iter().filter_map(page).collect();
    let mut text = pages.join("\n\n");
    if pages.len() > 1 {
        text.push_str("\n\n");
        let names = verdicts(answers).map(|derivation| derivation.pde.name.chars().count()).max().unwrap_or(0);
        for derivation in verdicts(answers) {
            text.push_str(&human::summary_line(derivation, names));
            text.push('\n');
        }
    }
    text
}

/// Exactly one value. A FILE without a verdict has an object with `errors` in its place.
fn json_page(answers: &[Answer]) -> Result<String, Failure> {
    let entries: Vec<json::Entry<'_>> = answers
        .iter()
        .map(|answer| match answer {
            Answer::Verdict { judged, no_model } => {
                json::Entry::Verdict { derivation: judged.derivation(), no_model: no_model.as_deref() }
            }
            Answer::Rejected(rejection) => json::rejection(rejection),
            Answer::Failed(label, failure) => json::failure(label, failure),
        })
        .collect();
    json::page(&entries)
}
