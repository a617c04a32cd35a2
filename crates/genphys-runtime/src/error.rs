//! What can go wrong while a model is trained, stored, loaded or sampled.

use std::path::PathBuf;

/// Result with the runtime's error.
pub type Result<T, E = RuntimeError> = std::result::Result<T, E>;

/// Error of the runtime.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// A tensor operation failed.
    #[error("tensor operation failed: {0}")]
    Tensor(#[from] candle_core::Error),
    /// A file or folder could not be read or written.
    #[error("{action} {}: {source}", path.display())]
    Io {
        /// What was tried: "cannot read".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file of a run directory does not hold what it should.
    #[error("{}: expected {expected}, found {found}", path.display())]
    RunFile {
        /// The file.
        path: PathBuf,
        /// What the file should hold.
        expected: String,
        /// What it holds.
        found: String,
    },
    /// Another training writes into the folder.
    #[error(
        "{}: another training writes into this folder{}; wait for its end, stop it, or choose another folder",
        path.display(),
        holder.map_or(String::new(), |pid| format!(" (process {pid})"))
    )]
    Busy {
        /// The folder.
        path: PathBuf,
        /// The process that has it, if it said so.
        holder: Option<u32>,
    },
    /// The data could not be loaded or do not fit.
    #[error(transparent)]
    Data(#[from] crate::data::DataError),
    /// Distances could not be computed.
    #[error(transparent)]
    Metric(#[from] crate::metrics::MetricError),
    /// A picture could not be drawn or written.
    #[error(transparent)]
    Picture(#[from] crate::pictures::PictureError),
    /// A setting is out of range or contradicts another.
    #[error("{0}")]
    Setting(String),
    /// The device that was asked for cannot be used.
    #[error("device `{device}` cannot be used: {reason}")]
    Device {
        /// The device as it was asked for.
        device: String,
        /// Why not, and what would help.
        reason: String,
    },
    /// The loss or a gradient stopped being a finite number.
    #[error("training diverged at step {step}: the {what} is not a finite number; try a smaller --learning-rate")]
    Diverged {
        /// The step, counted from zero.
        step: u64,
        /// Loss or gradient norm.
        what: &'static str,
    },
    /// A sample left the range of numbers.
    #[error("sampling failed: {0}")]
    Sampling(String),
}

impl RuntimeError {
    /// Attaches a path and an action to an I/O error.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
