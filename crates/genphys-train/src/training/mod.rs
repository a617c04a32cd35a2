//! Training: configuration, steps, checkpoints.

mod checkpoint;
mod config;
mod examples;
mod report;
mod trainer;

pub use checkpoint::{TrainedModel, TrainingState};
pub use config::MOST_ACTIVATIONS;
pub use config::{Member, ModelConfig, TrainConfig};
pub use report::StepReport;
pub use trainer::Trainer;
