//! What can be wrong with an exact field.

/// Result with this crate's error.
pub type Result<T, E = ExactFieldError> = std::result::Result<T, E>;

/// Data or an equation that have no exact field, or a device that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExactFieldError {
    /// A tensor operation failed.
    #[error("tensor operation failed: {0}")]
    Tensor(#[from] candle_core::Error),
    /// Sizes of a matrix product do not fit.
    #[error(transparent)]
    Product(#[from] genphys_numeric::ProductError),
    /// A setting is out of range or contradicts another.
    #[error("{0}")]
    Setting(String),
}
