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
    /// One of the others, with the settings that it speaks of.
    #[error("{error}")]
    Advised {
        /// What went wrong.
        error: Box<Self>,
        /// What would have to be another.
        advice: Vec<Advice<Setting>>,
    },
}

/// A setting of sampling that an error speaks of. What it is called where it is given is the program's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// How many points.
    Count,
    /// How many steps between two points.
    Steps,
    /// Most evaluations of the field per point.
    Evaluations,
    /// The error per step of an adaptive solver.
    Tolerance,
    /// The exponent of the grid of flow scales.
    Rho,
    /// The noise that disturbs every step.
    Disturbance,
    /// What becomes of births and deaths.
    BirthDeath,
    /// That the conservative rewrite is learned, which has none.
    Rewrite,
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Count,
        Self::Steps,
        Self::Evaluations,
        Self::Tolerance,
        Self::Rho,
        Self::Disturbance,
        Self::BirthDeath,
        Self::Rewrite,
    ];
}

/// A setting, and the value that would do where one is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice<S> {
    /// The setting.
    pub setting: S,
    /// A value that would do.
    pub value: Option<String>,
}

impl<S> From<S> for Advice<S> {
    fn from(setting: S) -> Self {
        Self { setting, value: None }
    }
}

impl<S> Advice<S> {
    /// That this value would do.
    pub fn value(setting: S, value: impl ToString) -> Self {
        Self { setting, value: Some(value.to_string()) }
    }
}

impl FlowError {
    /// The same error, speaking of these settings.
    #[must_use]
    pub fn about<A: Into<Advice<Setting>>>(self, settings: impl IntoIterator<Item = A>) -> Self {
        Self::Advised { error: Box::new(self), advice: settings.into_iter().map(Into::into).collect() }
    }
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
