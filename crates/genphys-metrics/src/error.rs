//! What can be wrong with the point sets of a metric.

use thiserror::Error;

/// A point set that cannot be compared.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum MetricError {
    /// The values are not whole points.
    #[error("expected whole points of {dim} coordinates, found {values} values")]
    Shape {
        /// Coordinates per point.
        dim: usize,
        /// Values given.
        values: usize,
    },
    /// Too few points.
    #[error("expected at least {expected} points, found {found}")]
    TooFew {
        /// How many are needed.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A value is NaN or infinite.
    #[error("expected finite coordinates, found {value} in point {row}")]
    NotFinite {
        /// Point, counted from 0.
        row: usize,
        /// The value.
        value: f32,
    },
    /// No projections were asked for.
    #[error("expected at least one projection, found none")]
    NoProjections,
    /// The unit of length is not one.
    #[error("expected a positive unit of length, found {found}")]
    Unit {
        /// The value.
        found: f64,
    },
    /// The features of images could not be computed.
    #[error("features of images: {0}")]
    Features(String),
}

/// Number of points of row-major `(len, dim)` values, which are checked to be finite and at least `least` points.
pub(crate) fn checked_len(values: &[f32], dim: usize, least: usize) -> Result<usize, MetricError> {
    if dim == 0 || !values.len().is_multiple_of(dim) {
        return Err(MetricError::Shape { dim, values: values.len() });
    }
    if let Some(index) = values.iter().position(|value| !value.is_finite()) {
        return Err(MetricError::NotFinite { row: index / dim, value: values[index] });
    }
    let found = values.len() / dim;
    if found < least { Err(MetricError::TooFew { expected: least, found }) } else { Ok(found) }
}
