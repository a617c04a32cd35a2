//! What the program of a model crate reports when it fails.

use crate::error::RuntimeError;

/// Error of a model crate's program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The command line cannot be understood. The text explains the usage.
    #[error("{}", .0.trim_end().trim_start_matches("error: "))]
    Usage(String),
    /// A command failed.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
}

impl AppError {
    /// Exit code for the shell: 2 for wrong input (arguments, data, device, files), 1 for failures on the way.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Runtime(
                RuntimeError::Data(_)
                | RuntimeError::Setting(_)
                | RuntimeError::Device { .. }
                | RuntimeError::Io { .. }
                | RuntimeError::RunFile { .. },
            ) => 2,
            Self::Runtime(_) => 1,
        }
    }
}
