//! What the program and its engine process tell each other: one line of JSON with the jobs on the child's standard
//! input, one line of JSON for each finished job on its standard output, behind a mark: Symbolica prints there as well.

use genphys_pde::derivation::Proposal;
use genphys_symbolic::DispersionRow;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What stands before a reply, and in nothing that Symbolica prints.
const MARK: &str = "\u{1e}genphys\u{1e}";

/// The reply as a line of its own, whatever was printed before it.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn written(reply: &Reply) -> serde_json::Result<String> {
    Ok(format!("{MARK}{}\n", serde_json::to_string(reply)?))
}

/// The reply in a line, if it holds one. A line that was cut short by a crash does not.
pub(crate) fn read(line: &str) -> Option<Reply> {
    let (_, reply) = line.split_once(MARK)?;
    serde_json::from_str(reply).ok()
}

/// One question about one equation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    /// What the equation is called in messages.
    pub(crate) label: String,
    /// The text of the `.pde` file.
    pub(crate) source: String,
    /// Values fixed with `--set`, as written.
    pub(crate) set: BTreeMap<String, String>,
    /// The dimension fixed with `--dim`.
    pub(crate) dim: Option<u32>,
    /// What is asked.
    pub(crate) task: Task,
}

/// What is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Task {
    /// The verdict, with repairs or without.
    Derive {
        /// Whether repairs are looked for.
        repairs: bool,
    },
    /// The branches at these |k|.
    Dispersion {
        /// Bits of the |k|, because a decimal number may come back as its neighbour.
        k: Vec<u64>,
    },
}

/// The answer to one job.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// To [`Task::Derive`].
    Derivation(Box<Proposal>),
    /// To [`Task::Dispersion`].
    Dispersion(Vec<Row>),
    /// Another process has the engine: in words, who.
    Waiting(String),
    /// The engine is there, and begins with the first job.
    Started,
    /// No answer: the guard ended the engine.
    OutOfTime,
    /// The engine's error, in words.
    Error(String),
}

/// A [`DispersionRow`] by its bits: ω may be infinite, which JSON cannot say.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    k: u64,
    branch: usize,
    re_omega: u64,
    im_omega: u64,
    selected: bool,
}

impl From<&DispersionRow> for Row {
    fn from(row: &DispersionRow) -> Self {
        Self {
            k: row.k.to_bits(),
            branch: row.branch,
            re_omega: row.re_omega.to_bits(),
            im_omega: row.im_omega.to_bits(),
            selected: row.selected,
        }
    }
}

impl From<&Row> for DispersionRow {
    fn from(row: &Row) -> Self {
        Self {
            k: f64::from_bits(row.k),
            branch: row.branch,
            re_omega: f64::from_bits(row.re_omega),
            im_omega: f64::from_bits(row.im_omega),
            selected: row.selected,
        }
    }
}
