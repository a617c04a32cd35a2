//! What can go wrong on the way along a flow.

use std::error::Error;

/// Result with this crate's error.
pub type Result<T, E = FlowError> = std::result::Result<T, E>;

/// What a [`VelocityField`](crate::field::velocity_field::VelocityField) reports: any error, since any program may stand
/// behind a field.
pub type FieldError = Box<dyn Error + Send + Sync>;

/// Error of solvers, samplers, and what they are told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// A setting is out of range or contradicts another.
    #[error("{0}")]
    Setting(String),
    /// A sample left the range of numbers.
    #[error("sampling failed: {0}")]
    Sampling(String),
    /// The field could not be evaluated.
    #[error(transparent)]
    Field(FieldError),
}

impl From<FieldError> for FlowError {
    /// An error of this crate that passed through a field is what it was.
    fn from(error: FieldError) -> Self {
        error.downcast().map_or_else(Self::Field, |error| *error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_pass_through_fields_unchanged() {
        let through = |error: FieldError| FlowError::from(error);
        assert!(
            matches!(through(FlowError::Sampling("far".into()).into()), FlowError::Sampling(text) if text == "far")
        );
        assert!(matches!(through("other".into()), FlowError::Field(error) if error.to_string() == "other"));
    }
}
