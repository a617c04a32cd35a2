//! How a point source of the equation spreads, flows and grows, and at which noise levels that matters for data.

pub mod conservative;
mod gaussian;
pub mod generative_pde;
pub mod noise_range;
pub mod noise_schedule;
pub mod point_source;
mod radial_values;

pub use gaussian::is_gaussian;
