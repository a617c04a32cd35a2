//! What a solver follows: posterior mean and growth at many points at once.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::error::{FieldError, FlowError, Setting};

/// The flow `dx/d ln σ = pace (x − E[y | x, σ])` and the growth of the particles on it.
pub trait VelocityField {
    /// Dimension of a point.
    fn dim(&self) -> usize;

    /// The field at the points `x`, row-major `(count, dim)`, all at flow scale `sigma`.
    ///
    /// # Errors
    /// When the field cannot be evaluated.
    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, FieldError>;
}

/// A field at many points.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldValues {
    /// `E[y | x, σ]`, `(count, dim)`: where matter at the point flows to, backward in time.
    pub clean: Vec<f64>,
    /// Growth rate per unit of `ln σ`, `(count,)`.
    pub growth: Vec<f64>,
    /// How fast it flows there, `(count, dim)`: see [`GenerativePde`](crate::GenerativePde). `None` where the pace is
    /// one everywhere.
    pub pace: Option<Vec<f64>>,
}

/// A field that counts how often it is evaluated, and for how long, and refuses to be evaluated too often.
pub struct Metered<'a> {
    field: &'a dyn VelocityField,
    evaluations: Cell<usize>,
    time: Cell<Duration>,
    most: usize,
}

impl<'a> Metered<'a> {
    /// `field`, with counters at zero.
    pub fn new(field: &'a dyn VelocityField) -> Self {
        Self { field, evaluations: Cell::new(0), time: Cell::new(Duration::ZERO), most: usize::MAX }
    }

    /// The same for a solver that may evaluate it `most` times and chooses its steps itself.
    #[must_use]
    pub fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Evaluations so far: the number of function evaluations, NFE.
    pub fn evaluations(&self) -> usize {
        self.evaluations.get()
    }

    /// Wall time they took.
    pub fn time(&self) -> Duration {
        self.time.get()
    }
}

impl VelocityField for Metered<'_> {
    fn dim(&self) -> usize {
        self.field.dim()
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, FieldError> {
        if self.evaluations.get() >= self.most {
            return Err(FlowError::Sampling(format!(
                "the tolerance needs more than {} evaluations of the network; a larger tolerance, more evaluations, or a \
                 solver with a fixed number of steps such as heun would do",
                self.most
            ))
            .about([Setting::Tolerance, Setting::Evaluations])
            .into());
        }
        let begun = Instant::now();
        let values = self.field.evaluate(x, sigma);
        self.evaluations.set(self.evaluations.get() + 1);
        self.time.set(self.time.get() + begun.elapsed());
        values
    }
}
