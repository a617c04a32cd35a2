//! The process that an equation describes, and the way back along it: no tensors, no networks.
//!
//! An s-generative equation enters as a [`GenerativePde`]: how a point source spreads, flows and grows. Whatever knows
//! where matter flows to at a point is a [`VelocityField`](velocity_field::VelocityField); the [`sampler`] carries
//! draws of the prior along it with a [`solver`], with births and deaths on the way, and [`likelihood`] goes the other
//! way. Theory: Liu et al., *GenPhys*, arXiv 2304.02637; sampler grid and noise levels follow Karras et al. (EDM),
//! arXiv 2206.00364.

pub mod added_noise;
pub mod birth_death;
pub mod bounds;
pub mod conservative;
pub mod divergence;
pub mod empirical_field;
mod error;
mod gaussian;
pub mod generative_pde;
pub mod inpainting;
pub mod likelihood;
pub mod noise_range;
pub mod noise_schedule;
#[cfg(any(test, feature = "oracle"))]
pub mod oracle;
mod param_error;
pub mod point_source;
mod radial_law;
mod radial_values;
pub mod sampler;
pub mod solver;
pub mod time_grid;
pub mod transport;
pub mod velocity_field;

pub use error::{FieldError, FlowError, Result};
pub use gaussian::is_gaussian;
pub use generative_pde::{GenerativePde, Spreading, time_per_log_sigma, velocities_over_r};
/// The kernels that [`point_source!`] makes models of.
pub use genphys_kernels::PointSourceKernel;
pub use param_error::ParamError;
/// The random generator that [`GenerativePde`] draws from.
pub use rand::RngCore;
