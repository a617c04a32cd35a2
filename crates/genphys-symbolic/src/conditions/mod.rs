//! Stage 3: the two conditions of GenPhys, each decided as a formula in the parameters.

mod amplitude;
pub(crate) mod answer;
mod bessel;
pub(crate) mod c1;
pub(crate) mod c2;
pub(crate) mod claims;
mod complex_second_order;
mod even_in_time;
mod factors;
mod higher_order;
mod moving_frame;
mod pure_second_order;
mod rates;
mod schedule;
mod spherical_means;
mod two_roots;
mod vanishing_lead;

pub(crate) use amplitude::{
    accumulated_text, amplitude, drift_text, in_step_with_the_drift, mass_text, mode_amplitude,
};
pub(crate) use bessel::{Bessel, recognise as bessel};
pub(crate) use spherical_means::applies as has_spherical_means;
