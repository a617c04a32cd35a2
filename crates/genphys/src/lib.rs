//! Generative models from physical processes.
//!
//! An equation whose solutions spread and smooth can be run backward to generate data (Liu et al., *GenPhys*, arXiv
//! 2304.02637). This crate is what a model adds to its `Cargo.toml`:
//!
//! - [`genphys_pde`] turns a `.pde` file into a type that implements [`GenerativePde`];
//! - [`app`] is the program of a model crate: train, sample, evaluate;
//! - the modules below are the pieces it is made of, for those who want to put them together differently;
//! - [`kernels`] holds the point-source kernels as plain mathematics.

pub use genphys_kernels as kernels;
pub use genphys_macros::genphys_pde;
pub use genphys_runtime::{
    Batch, CleanBatch, Denoiser, Estimate, GenerativePde, LossFn, ParamError, Result, RngCore, RuntimeError, Spreading,
    TrainingLoss, training_loss,
};
pub use genphys_runtime::{
    added_noise, advice, app, birth_death, conservative, data, data_statistics, denoiser, divergence, ema,
    empirical_field, error, evaluation, exact_field, fused, generative_pde, gradients, guidance, inpainting,
    likelihood, loss, metrics, network, noise_schedule, optimizer, pace, perturb, pictures, point_source, precondition,
    quantisation, resident, run_dir, sampler, seed, solver, sweep, time_grid, training, transport, velocity_field,
};
