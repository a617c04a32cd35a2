//! How a command ends: an exit status, or a failure with advice.

use genphys_pde::codes::Code;
use std::process::ExitCode;
use thiserror::Error;

/// The answer of a command that did its work, as an exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// 0: yes. All equations are s-generative, the file is formatted, the work is done.
    Yes,
    /// 1: no. Some equation is not s-generative, there is no kernel, a file is stale.
    No,
    /// 2: the input is bad and the problems have been printed.
    BadInput,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Yes => Self::SUCCESS,
            Outcome::No => Self::from(1),
            Outcome::BadInput => Self::from(2),
        }
    }
}

/// Why a command could not do its work, for the person who gave it. Exit status 2.
#[derive(Debug, Error)]
#[error("{message}")]
pub(crate) struct Failure {
    /// The stable code that `genphys explain` knows, where there is one.
    pub(crate) code: Option<Code>,
    /// What is wrong, with the name of the file, option or value.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

impl Failure {
    /// A failure without advice.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { code: None, message: message.into(), help: None }
    }

    /// The same under a stable code.
    pub(crate) fn code(self, code: Code) -> Self {
        Self { code: Some(code), ..self }
    }

    /// The same with advice.
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The same with advice, where there is some.
    pub(crate) fn maybe_help(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }
}

/// What every command returns.
pub(crate) type CommandResult = Result<Outcome, Failure>;
