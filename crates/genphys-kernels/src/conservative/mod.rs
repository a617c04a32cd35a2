//! The conservative rewrite: one radial velocity with the same densities and no births or deaths. At one distance to
//! all digits, and at one time for many distances.

mod law;
mod velocity;

pub use law::{RadialLaw, RadialSource};
pub use velocity::conservative_velocity_over_r;
