//! A problem of a source: its code, what is wrong, where, and what to do about it.

use crate::codes::Code;
use crate::span::Span;
use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The source means nothing; there is no checked equation.
    Error,
    /// The source is accepted, but something in it looks wrong or will not be used.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A place in the source and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Byte range in the source as it was given.
    pub span: Span,
    /// A few words; may be empty.
    pub text: String,
}

/// A change of the source that mends a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is taken out; empty where something is put in.
    pub span: Span,
    /// What stands there instead.
    pub text: String,
}

/// One problem of one source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{severity}[{code}]: {message}")]
pub struct Diagnostic {
    /// Stable code; `genphys explain CODE` tells more.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where; the first label is the main one. Empty only where the problem has no place.
    pub labels: Vec<Label>,
    /// How to fix it, where a fix is likely.
    pub help: Option<String>,
    /// The fix as a change of the source, where there is exactly one.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A problem without a place yet. Codes that start with `W` are warnings, all others errors.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let severity = if code.id().starts_with('W') { Severity::Warning } else { Severity::Error };
        Self { code, severity, message: message.into(), labels: Vec::new(), help: None, fix: None }
    }

    /// Adds a place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Sets the fix.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the fix to writing this in place of what stands at the span, and says so unless there is a help already.
    #[must_use]
    pub fn instead(mut self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        self.help.get_or_insert_with(|| format!("write `{text}`"));
        self.fix = Some(Fix { span, text });
        self
    }

    /// Where it is: the first label, or the start of the file.
    pub fn span(&self) -> Span {
        self.labels.first().map_or_else(Span::default, |label| label.span)
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
