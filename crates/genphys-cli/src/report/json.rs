//! What programs read: the derivation as it is, and problems in the same place where there is none.

use crate::outcome::Failure;
use crate::source::Rejection;
use genphys_pde::Diagnostic;
use genphys_pde::derivation::{Derivation, SCHEMA};
use genphys_pde::span::Span;
use serde::Serialize;

/// What stands for one FILE. The derivation's own serialised form is the schema, in the order of its fields.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Entry<'a> {
    /// The verdict.
    Verdict {
        #[serde(flatten)]
        derivation: &'a Derivation,
        /// Why no model can be made although the equation is s-generative.
        no_model: Option<&'a str>,
    },
    /// Why there is none.
    Problems {
        /// Version of this form.
        schema: u32,
        /// The FILE.
        file: &'a str,
        /// What is wrong.
        errors: Vec<Problem<'a>>,
    },
}

/// One thing that is wrong.
#[derive(Serialize)]
pub(crate) struct Problem<'a> {
    code: Option<&'static str>,
    severity: String,
    message: &'a str,
    #[serde(flatten)]
    place: Option<Place>,
    help: Option<&'a str>,
}

/// Where it is wrong: line and column in characters, from 1, and the bytes.
#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
    span: Span,
}

/// Exactly one JSON value, ending in a line end: an object for one entry, an array for several.
///
/// # Errors
/// When a number is infinite or undefined.
pub(crate) fn page(entries: &[Entry<'_>]) -> Result<String, Failure> {
    let text = match entries {
        [only] => serde_json::to_string_pretty(only),
        several => serde_json::to_string_pretty(several),
    };
    text.map(|text| text + "\n").map_err(|error| Failure::new(format!("the verdict is no JSON: {error}")))
}

/// A FILE that is no equation.
pub(crate) fn rejection(rejection: &Rejection) -> Entry<'_> {
    match rejection {
        Rejection::Unreadable { label, failure: cause } => failure(label, cause),
        Rejection::Invalid { source, problems } => {
            let text = String::from_utf8_lossy(&source.bytes);
            let errors = problems.iter().map(|found| problem(&text, found)).collect();
            Entry::Problems { schema: SCHEMA, file: &source.label, errors }
        }
    }
}

/// A FILE that the engine could not answer for.
pub(crate) fn failure<'a>(label: &'a str, failure: &'a Failure) -> Entry<'a> {
    let error = Problem {
        code: failure.code.map(|code| code.id()),
        severity: "error".to_owned(),
        message: &failure.message,
        place: None,
        help: failure.help.as_deref(),
    };
    Entry::Problems { schema: SCHEMA, file: label, errors: vec![error] }
}

fn problem<'a>(text: &str, problem: &'a Diagnostic) -> Problem<'a> {
    let span = problem.span();
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Problem {
        code: Some(problem.code.id()),
        severity: problem.severity.to_string(),
        message: &problem.message,
        place: Some(Place { line, column, span }),
        help: problem.help.as_deref(),
    }
}
