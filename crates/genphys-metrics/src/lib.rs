//! How far samples are from data.
//!
//! A distance between two finite clouds is never zero, so every figure belongs beside its *noise floor*: the same
//! distance between two sets of real points, a fresh one and the held-out one, of the same sizes. [`Quality::measure`]
//! gives both.
//!
//! Definitions, in the units of the points that are passed; `docs/evaluation.md` tells what they are good for:
//! - [`sliced_wasserstein`]: the *root* of the mean over directions of the squared Wasserstein-2 distance of the
//!   projections.
//! - [`energy_distance`]: 2E|a − b| − E|a − a′| − E|b − b′|, *not* rooted; both as an unbiased estimate and with the
//!   pairs of a point with itself kept (the V-statistic, as often published; it is larger by about E|a − a′|/n + E|b −
//!   b′|/m).
//! - [`mmd`]: the same with a kernel of five widths in place of the distance, rooted.
//! - [`precision_recall`] and [`density_coverage`]: balls to nearest neighbours, for what is plausible and what is
//!   reached.
//! - [`two_sample`]: accuracy of a classifier that tells samples from real points.
//! - [`frechet_distance`] in the space of a [`FeatureMap`], for images; *not* the Inception FID.
//! - [`memorisation`]: copies of training points.
//! - [`mode_coverage`]: which parts of a known distribution the samples reach.

mod coverage;
mod density_coverage;
mod energy;
mod error;
mod feature_map;
mod frechet;
mod memorisation;
mod mmd;
mod neighbours;
mod pairs;
mod precision_recall;
mod quality;
mod sliced_wasserstein;
mod symmetric;
mod two_sample;

pub use coverage::{ModeCoverage, mode_coverage};
pub use density_coverage::{DENSITY_NEIGHBOURS, DensityCoverage, density_coverage};
pub use energy::{EnergyDistance, energy_distance};
pub use error::MetricError;
pub use feature_map::FeatureMap;
pub use frechet::frechet_distance;
pub use memorisation::{Memorisation, memorisation};
pub use mmd::{MMD_WIDTHS, Mmd, median_distance, mmd};
pub use precision_recall::{PRECISION_NEIGHBOURS, PrecisionRecall, precision_recall};
pub use quality::{PROJECTIONS, Quality, Scores, Yardstick};
pub use sliced_wasserstein::sliced_wasserstein;
pub use two_sample::{TwoSample, two_sample};
