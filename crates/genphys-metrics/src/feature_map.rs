//! What images are compared by besides their pixels.

use std::fmt::Debug;

use genphys_data::DataShape;

use super::error::MetricError;

/// A map of images into a space in which [`frechet_distance`](super::frechet_distance) is measured, such as the
/// features of a trained classifier.
pub trait FeatureMap: Debug + Send + Sync {
    /// Features of normalised points of this shape, row by row; `None` for points that it has none of.
    ///
    /// # Errors
    /// When they cannot be computed.
    fn of(&self, points: &[f32], shape: &DataShape) -> Result<Option<Vec<f32>>, MetricError>;

    /// Features of one such point.
    fn count(&self, shape: &DataShape) -> usize;
}
