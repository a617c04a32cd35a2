//! Training of networks on the flow of an equation, what a run leaves on disk, and how good it is.
//!
//! 1. [`perturb`]: data points `y` are spread by the process to `x = y + z` at a random time;
//! 2. [`denoiser`]: a network learns `E[y | x, t]`, the posterior mean, where particles are born or die the growth, and
//!    where a point source does not keep its shape the [`pace`];
//! 3. [`training`]: [`loss`], optimiser, moving averages, checkpoints that resume to the bit;
//! 4. [`denoiser_field`]: what the sampler follows;
//! 5. [`evaluation`]: distances between samples and held-out data, beside those of fresh data.
//!
//! Preconditioning and loss weights follow Karras et al. (EDM), arXiv 2206.00364.

pub mod advice;
pub mod comparison;
pub mod denoiser;
pub mod denoiser_field;
pub mod error;
pub mod evaluation;
pub mod guidance;
pub mod image_features;
pub mod loss;
mod memory;
pub mod pace;
pub mod perturb;
pub mod precondition;
pub mod resident;
pub mod run_dir;
pub mod sweep;
pub mod training;

pub use denoiser::{Denoiser, Estimate};
pub use denoiser_field::DenoiserField;
pub use error::{Result, RuntimeError};
pub use loss::{LossFn, TrainingLoss, training_loss};
pub use perturb::{Batch, CleanBatch};
