//! Classifier-free guidance.

use crate::denoiser_field::DenoiserField;
use genphys_flow::FieldError;
use genphys_flow::velocity_field::{FieldValues, VelocityField};

/// The field of one class, pushed away from that of all classes (Ho and Salimans, arXiv 2207.12598).
///
/// Where matter flows to is `E[y | x] + w (E[y | x, class] − E[y | x])` with guidance `w`: for 1 the flow of the class
/// itself, which draws from the class's distribution; for 0 that of all classes. For other values there is no process
/// behind it; growth and pace are then those of the class.
pub struct GuidedField<'a> {
    of_class: DenoiserField<'a>,
    of_all: DenoiserField<'a>,
    guidance: f64,
}

impl<'a> GuidedField<'a> {
    /// Guidance between two fields of one model.
    pub fn new(of_class: DenoiserField<'a>, of_all: DenoiserField<'a>, guidance: f64) -> Self {
        Self { of_class, of_all, guidance }
    }
}

impl VelocityField for GuidedField<'_> {
    fn dim(&self) -> usize {
        self.of_class.dim()
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, FieldError> {
        let mut values = self.of_class.evaluate(x, sigma)?;
        if self.guidance != 1.0 {
            let all = self.of_all.evaluate(x, sigma)?;
            for (clean, all) in values.clean.iter_mut().zip(&all.clean) {
                *clean = all + self.guidance * (*clean - all);
            }
        }
        Ok(values)
    }
}
