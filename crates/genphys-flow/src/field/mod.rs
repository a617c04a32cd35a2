//! What a solver follows: the velocity of the flow, its divergence, and the exact one of a few points.

pub mod divergence;
pub mod empirical_field;
pub mod velocity_field;
