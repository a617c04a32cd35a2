//! Training: configuration, steps, checkpoints.

mod checkpoint;
mod config;
mod examples;
mod trainer;

pub use checkpoint::{TrainedModel, TrainingState};
pub use config::{ModelConfig, TrainConfig};
pub use trainer::{StepReport, Trainer};
