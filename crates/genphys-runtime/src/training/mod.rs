//! Training: configuration, steps, checkpoints.

mod checkpoint;
mod config;
mod examples;
mod trainer;

pub use checkpoint::{TrainedModel, TrainingState};
pub(crate) use config::MOST_ACTIVATIONS;
pub use config::{Member, ModelConfig, TrainConfig};
pub use trainer::{StepReport, Trainer};
