//! What the program of a model crate reports when it fails.

use genphys_flow::FlowError;
use genphys_gpu::GpuError;
use genphys_train::RuntimeError;

/// Error of a model crate's program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The command line cannot be understood. The text explains the usage.
    #[error("{}", .0.trim_end().trim_start_matches("error: "))]
    Usage(String),
    /// A training ended before its time. The text says why, and how to go on.
    #[error("{message}")]
    Stopped {
        /// Exit code for the shell.
        exit_code: u8,
        /// The text.
        message: String,
    },
    /// A command failed.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
}

impl AppError {
    /// Exit code for the shell: 2 for wrong input (arguments, data, device, files), 1 for failures on the way,
    /// 128 and the number of a signal that ended a training.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Stopped { exit_code, .. } => *exit_code,
            Self::Runtime(
                RuntimeError::Data(_)
                | RuntimeError::Setting(_)
                | RuntimeError::Device { .. }
                | RuntimeError::Io { .. }
                | RuntimeError::RunFile { .. }
                | RuntimeError::Busy { .. },
            ) => 2,
            Self::Runtime(_) => 1,
        }
    }
}

impl From<FlowError> for AppError {
    fn from(error: FlowError) -> Self {
        Self::Runtime(error.into())
    }
}

impl From<GpuError> for AppError {
    fn from(error: GpuError) -> Self {
        Self::Runtime(error.into())
    }
}
