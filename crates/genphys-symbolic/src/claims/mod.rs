//! The claims about an equation: C1 and C2, each decided as a formula in the parameters, the continuity form and the
//! kernel.

pub(crate) mod answer;
pub(crate) mod bessel;
pub(crate) mod c1;
pub(crate) mod c2;
pub(crate) mod continuity;
pub(crate) mod kernel;
pub(crate) mod linear_coefficients;
pub(crate) mod moving_frame;
pub(crate) mod schedule;
pub(crate) mod spherical_means;
