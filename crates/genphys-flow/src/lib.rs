//! The process that an equation describes, and the way back along it: no tensors, no networks.
//!
//! An s-generative equation enters as a [`GenerativePde`]: how a point source spreads, flows and grows. Whatever knows
//! where matter flows to at a point is a [`VelocityField`](velocity_field::VelocityField); the [`sampler`] carries
//! draws of the prior along it with a [`solver`], with births and deaths on the way, and [`likelihood`] goes the other
//! way. Theory: Liu et al., *GenPhys*, arXiv 2304.02637; sampler grid and noise levels follow Karras et al. (EDM),
//! arXiv 2206.00364.

mod error;
mod field;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
pub mod likelihood;
mod param_error;
mod process;
mod sampling;
pub mod solver;

pub use error::{Advice, FieldError, FlowError, Result, Setting};
pub use field::{divergence, empirical_field, velocity_field};
/// The kernels that [`point_source!`] makes models of.
pub use genphys_kernels::PointSourceKernel;
pub use param_error::ParamError;
pub use process::generative_pde::{GenerativePde, Spreading, time_per_log_sigma, velocities_over_r};
pub use process::{conservative, generative_pde, is_gaussian, noise_range, noise_schedule, point_source};
/// The random generator that [`GenerativePde`] draws from.
pub use rand::RngCore;
pub use sampling::{added_noise, birth_death, bounds, inpainting, sampler, transport};
pub use solver::time_grid;
