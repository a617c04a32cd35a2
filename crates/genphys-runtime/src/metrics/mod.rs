//! How far samples are from data.
//!
//! A distance between two finite clouds is never zero, so every figure belongs beside its *noise floor*: the same distance
//! between two sets of real points, a fresh one and the held-out one, of the same sizes. [`Quality::measure`] gives both.
//!
//! Definitions, in the units of the points that are passed:
//! - [`sliced_wasserstein`]: the *root* of the mean over directions of the squared Wasserstein-2 distance of the projections.
//! - [`energy_distance`]: 2E|a − b| − E|a − a′| − E|b − b′|, *not* rooted; both as an unbiased estimate and with the
//!   pairs of a point with itself kept (the V-statistic, as often published; it is larger by about E|a − a′|/n + E|b − b′|/m).
//! - [`mode_coverage`]: which parts of a known distribution the samples reach.

mod coverage;
mod energy;
mod error;
mod quality;
mod sliced_wasserstein;

pub use coverage::{ModeCoverage, mode_coverage};
pub use energy::{EnergyDistance, energy_distance};
pub use error::MetricError;
pub use quality::{Quality, Scores};
pub use sliced_wasserstein::sliced_wasserstein;
