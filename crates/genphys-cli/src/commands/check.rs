//! `genphys check`: the verdict.

use crate::engine;
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output;
use crate::report::{human, json, latex};
use crate::settings::SettingArgs;
use crate::source::{Equation, FILE_HELP, Rejection};
use clap::{Args, ValueEnum};
use genphys_pde::derivation::Derivation;
use genphys_pde::verdict::Verdict;

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
    Verdict(Box<Derivation>),
    Rejected(Rejection),
    Failed(String, Failure),
}

/// Runs the command.
///
/// # Errors
/// When no FILE can be answered for: a setting that fits none, no engine.
pub(crate) fn check(args: &CheckArgs) -> CommandResult {
    let answers = answers(args)?;
    for answer in &answers {
        match answer {
            Answer::Verdict(_) => {}
            Answer::Rejected(rejection) => rejection.print(),
            Answer::Failed(_, failure) => output::failure(failure),
        }
    }
    output::result(&match args.format {
        Format::Human => human_page(&answers),
        Format::Latex => verdicts(&answers).map(latex::verdict).collect::<Vec<_>>().join("\n"),
        Format::Json => json_page(&answers)?,
    })?;
    Ok(answers.iter().map(outcome).max().unwrap_or(Outcome::BadInput))
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
                Some(Ok(derivation)) => Answer::Verdict(Box::new(derivation)),
                Some(Err(failure)) => Answer::Failed(equation.label, failure),
                None => Answer::Failed(equation.label, Failure::new("the engine gave no answer")),
            },
        })
        .collect())
}

fn outcome(answer: &Answer) -> Outcome {
    match answer {
        Answer::Verdict(derivation) if derivation.verdict == Verdict::SGenerative => Outcome::Yes,
        Answer::Verdict(_) => Outcome::No,
        Answer::Rejected(_) | Answer::Failed(..) => Outcome::BadInput,
    }
}

fn verdicts(answers: &[Answer]) -> impl Iterator<Item = &Derivation> {
    answers.iter().filter_map(|answer| match answer {
        Answer::Verdict(derivation) => Some(derivation.as_ref()),
        _ => None,
    })
}

/// The verdicts one below the other, and a table of them at the end when there are several.
fn human_page(answers: &[Answer]) -> String {
    let width = output::text_width();
    let pages: Vec<String> = verdicts(answers).map(|derivation| human::verdict(derivation, width)).collect();
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
            Answer::Verdict(derivation) => json::Entry::Verdict(derivation),
            Answer::Rejected(rejection) => json::rejection(rejection),
            Answer::Failed(label, failure) => json::failure(label, failure),
        })
        .collect();
    json::page(&entries)
}
