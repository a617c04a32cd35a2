//! What can go wrong with a network, its parameters and their training step.

use std::path::PathBuf;

/// Result with this crate's error.
pub type Result<T, E = NnError> = std::result::Result<T, E>;

/// Error of networks and parameters.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NnError {
    /// A tensor operation failed.
    #[error("tensor operation failed: {0}")]
    Tensor(#[from] candle_core::Error),
    /// A file of parameters does not hold what it should.
    #[error("{}: expected {expected}, found {found}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the file should hold.
        expected: String,
        /// What it holds.
        found: String,
    },
    /// A setting is out of range or contradicts another.
    #[error("{0}")]
    Setting(String),
}
