//! What can go wrong with a picture.

use std::path::PathBuf;
use thiserror::Error;

/// A picture that could not be drawn or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PictureError {
    /// The values are not what the picture shows.
    #[error("cannot draw the picture: expected {expected}, found {found}")]
    Values {
        /// What would have been right.
        expected: String,
        /// What was given.
        found: String,
    },
    /// The file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: image::ImageError,
    },
}

impl PictureError {
    pub(crate) fn values(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Values { expected: expected.into(), found: found.into() }
    }
}
