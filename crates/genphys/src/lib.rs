//! Generative models from physical processes.
//!
//! An equation whose solutions spread and smooth can be run backward to generate data (Liu et al., *GenPhys*, arXiv
//! 2304.02637). This crate is what a model adds to its `Cargo.toml`:
//!
//! - [`genphys_pde`] turns a `.pde` file into a type that implements [`GenerativePde`];
//! - [`app`] is the program of a model crate: train, sample, evaluate;
//! - the modules below are the pieces it is made of, for those who want to put them together differently;
//! - [`kernels`] holds the point-source kernels as plain mathematics.

pub use genphys_app as app;
pub use genphys_data as data;
pub use genphys_exact_field as exact_field;
pub use genphys_kernels as kernels;
#[cfg(feature = "macros")]
pub use genphys_macros::genphys_pde;

pub use genphys_flow::{GenerativePde, ParamError, RngCore, Spreading, of_kernel};
pub use genphys_train::{
    Batch, CleanBatch, Denoiser, Estimate, LossFn, Result, RuntimeError, TrainingLoss, training_loss,
};

pub use genphys_data::{pictures, statistics as data_statistics};
pub use genphys_flow::{
    added_noise, birth_death, conservative, divergence, empirical_field, generative_pde, inpainting, likelihood,
    noise_schedule, point_source, sampler, solver, time_grid, transport,
};
pub use genphys_nn::{candle_nn, comparison, ema, fused, gradients, network, optimizer, quantisation};
pub use genphys_numeric::seed;
pub use genphys_train::{
    advice, denoiser, error, evaluation, guidance, loss, pace, perturb, precondition, resident, run_dir, sweep,
    training,
};

/// Distances between clouds of points, and the features of images that some are measured in.
pub mod metrics {
    pub use genphys_metrics::*;
    pub use genphys_train::image_features::{CLASSES, FEATURES, ImageFeatures, LEAST_SIDE};
}

/// What a solver follows: posterior mean and growth at many points at once, of any kind of model or of a trained
/// network.
pub mod velocity_field {
    pub use genphys_flow::FieldError;
    pub use genphys_flow::velocity_field::*;
    pub use genphys_train::DenoiserField;
}
