//! Runtime of genphys models: networks, training and sampling on candle.
//!
//! An s-generative equation enters as a [`GenerativePde`]: how a point source spreads, flows and grows. From there on
//! everything is the same for every equation:
//!
//! 1. [`perturb`]: data points `y` are spread by the process to `x = y + z` at a random time;
//! 2. [`denoiser`]: a network learns `E[y | x, t]`, the posterior mean, where particles are born or die the growth, and
//!    where a point source does not keep its shape the [`pace`];
//! 3. [`training`]: [`loss`], [`optimizer`], moving averages, checkpoints that resume to the bit;
//! 4. [`sampler`]: draws from the prior are carried back in time by a [`solver`], with [`birth_death`] on the way;
//! 5. [`evaluation`]: distances between samples and held-out data, beside those of fresh data.
//!
//! [`app`] puts a command line around it: the program of a model crate. All randomness comes from explicit seeds
//! ([`seed`]). Theory: Liu et al., *GenPhys*, arXiv 2304.02637; preconditioning, loss weights and sampler grid follow
//! Karras et al. (EDM), arXiv 2206.00364.

pub mod added_noise;
pub mod advice;
pub mod app;
pub mod birth_death;
mod bounds;
mod caught;
pub mod conservative;
pub mod data;
pub mod data_statistics;
pub mod denoiser;
pub mod divergence;
pub mod ema;
pub mod empirical_field;
pub mod error;
pub mod evaluation;
pub mod exact_field;
pub mod fused;
pub mod generative_pde;
// Without CUDA only the tests have a GPU, an emulated one.
#[cfg_attr(not(feature = "cuda"), allow(dead_code))]
mod gpu;
pub mod gradients;
pub mod guidance;
pub mod inpainting;
pub mod likelihood;
pub mod loss;
pub mod metrics;
pub mod network;
pub mod noise_schedule;
mod normals;
pub mod optimizer;
#[cfg(test)]
mod oracle;
pub mod pace;
mod param_error;
pub mod perturb;
pub mod pictures;
pub mod point_source;
pub mod precondition;
pub mod quantisation;
mod radial_law;
mod radial_values;
pub mod resident;
pub mod run_dir;
pub mod sampler;
pub mod seed;
pub mod solver;
pub mod sweep;
pub mod time_grid;
pub mod training;
pub mod transport;
pub mod velocity_field;

pub use denoiser::{Denoiser, Estimate};
pub use error::{Result, RuntimeError};
pub use generative_pde::{GenerativePde, Spreading};
pub use loss::{LossFn, TrainingLoss, training_loss};
pub use param_error::ParamError;
pub use perturb::{Batch, CleanBatch};
/// The random generator that [`GenerativePde`] draws from.
pub use rand::RngCore;
