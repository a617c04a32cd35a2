//! A derivation for its readers: people at a terminal, and LaTeX documents. (Programs read its JSON.)

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod latex;
pub(crate) mod math;

use genphys_pde::verdict::{Problem, Status, Verdict};

/// The verdict in the words of the interface.
pub(crate) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::SGenerative => "s-generative",
        Verdict::Conditional => "conditional",
        Verdict::NotSGenerative => "not s-generative",
        Verdict::Undecided => "undecided",
    }
}

/// The status of a condition in a word.
pub(crate) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Holds => "holds",
        Status::Conditional => "conditional",
        Status::Fails => "fails",
        Status::Undecided => "undecided",
    }
}

/// Which branches of the dispersion relation count, in a sentence.
pub(crate) fn problem_sentence(problem: Problem) -> &'static str {
    match problem {
        Problem::Evolution => "An initial-value problem: every branch counts.",
        Problem::HalfSpace => "Elliptic in t: only branches that stay bounded as t grows count.",
        Problem::IllPosed => "Ill posed: small waves grow without bound, so no branch selection helps.",
        Problem::Undetermined => "Which branches count depends on parameter values, or is not decided.",
    }
}
