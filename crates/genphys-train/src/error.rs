//! What can go wrong while a model is trained, stored, loaded or sampled.

use std::path::PathBuf;

use genphys_flow::{Advice, FieldError, FlowError};
use genphys_gpu::GpuError;
use genphys_nn::NnError;

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
    Data(#[from] genphys_data::DataError),
    /// Distances could not be computed.
    #[error(transparent)]
    Metric(#[from] genphys_metrics::MetricError),
    /// A picture could not be drawn or written.
    #[error(transparent)]
    Picture(#[from] genphys_data::pictures::PictureError),
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
    #[error("training diverged at step {step}: the {what} is not a finite number; a smaller learning rate may help")]
    Diverged {
        /// The step, counted from zero.
        step: u64,
        /// Loss or gradient norm.
        what: &'static str,
    },
    /// A sample left the range of numbers.
    #[error("sampling failed: {0}")]
    Sampling(String),
    /// A field that is not this library's could not be evaluated.
    #[error(transparent)]
    Field(FieldError),
    /// One of the others, with the settings that it speaks of.
    #[error("{error}")]
    Advised {
        /// What went wrong.
        error: Box<Self>,
        /// What would have to be another.
        advice: Vec<Advice<Setting>>,
    },
}

/// A setting that an error speaks of. What it is called where it is given is the program's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// One of sampling.
    Flow(genphys_flow::Setting),
    /// Data points per part of a step.
    Batch,
    /// Width of the network.
    Width,
    /// Largest step size.
    LearningRate,
    /// The folder that results go to.
    Folder,
}

impl From<genphys_flow::Setting> for Setting {
    fn from(setting: genphys_flow::Setting) -> Self {
        Self::Flow(setting)
    }
}

impl From<NnError> for RuntimeError {
    fn from(error: NnError) -> Self {
        match error {
            NnError::Tensor(error) => Self::Tensor(error),
            NnError::File { path, expected, found } => Self::RunFile { path, expected, found },
            NnError::Setting(message) => Self::Setting(message),
            other => Self::Setting(other.to_string()),
        }
    }
}

impl From<GpuError> for RuntimeError {
    fn from(error: GpuError) -> Self {
        match error {
            GpuError::Device { device, reason } => Self::Device { device, reason },
            other => Self::Setting(other.to_string()),
        }
    }
}

impl From<FlowError> for RuntimeError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Setting(message) => Self::Setting(message),
            FlowError::Sampling(message) => Self::Sampling(message),
            FlowError::Field(error) => Self::from(error),
            FlowError::Advised { error, advice } => {
                let of_flow = |Advice { setting, value }| Advice { setting: Setting::Flow(setting), value };
                Self::from(*error).about(advice.into_iter().map(of_flow))
            }
            other => Self::Sampling(other.to_string()),
        }
    }
}

impl From<FieldError> for RuntimeError {
    /// An error of this library that passed through a field is what it was.
    fn from(error: FieldError) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(error) => return *error,
            Err(error) => error,
        };
        let error = match error.downcast::<FlowError>() {
            Ok(error) => return Self::from(*error),
            Err(error) => error,
        };
        match error.downcast::<candle_core::Error>() {
            Ok(error) => Self::Tensor(*error),
            Err(error) => Self::Field(error),
        }
    }
}

impl RuntimeError {
    /// The same error, speaking of these settings.
    #[must_use]
    pub fn about<A: Into<Advice<Setting>>>(self, settings: impl IntoIterator<Item = A>) -> Self {
        Self::Advised { error: Box::new(self), advice: settings.into_iter().map(Into::into).collect() }
    }

    /// The settings that it speaks of.
    pub fn advice(&self) -> Vec<Advice<Setting>> {
        match self {
            Self::Advised { advice, .. } => advice.clone(),
            Self::Diverged { .. } => vec![Setting::LearningRate.into()],
            _ => Vec::new(),
        }
    }

    /// Attaches a path and an action to an I/O error.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_pass_through_fields_unchanged() {
        let through = |error: FieldError| RuntimeError::from(FlowError::from(error));
        let setting = RuntimeError::Setting("wrong".into());
        assert!(matches!(through(setting.into()), RuntimeError::Setting(text) if text == "wrong"));
        assert!(
            matches!(through(FlowError::Sampling("far".into()).into()), RuntimeError::Sampling(text) if text == "far")
        );
        let tensor = candle_core::Error::Msg("shape".into());
        assert!(matches!(through(tensor.into()), RuntimeError::Tensor(error) if error.to_string() == "shape"));
        assert!(matches!(through("other".into()), RuntimeError::Field(error) if error.to_string() == "other"));
        let advised = FlowError::Sampling("far".into()).about([genphys_flow::Setting::Tolerance]);
        let passed = through(FlowError::from(FieldError::from(advised)).into());
        assert_eq!(passed.to_string(), "sampling failed: far");
        assert_eq!(passed.advice(), [Setting::Flow(genphys_flow::Setting::Tolerance).into()]);
    }
}
