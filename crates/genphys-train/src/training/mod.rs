//! Training: configuration, steps, checkpoints.

mod checkpoint;
mod config;
mod examples;
mod model_config;
mod report;
mod trainer;

pub use checkpoint::{TrainedModel, TrainingState};
pub use config::{MOST_ACTIVATIONS, TrainConfig};
pub use model_config::{Member, ModelConfig};
pub use report::StepReport;
pub use trainer::Trainer;
