//! What a step of training did.

use candle_core::{DType, Tensor};

use crate::error::{Result, RuntimeError};
use crate::loss::TrainingLoss;

/// What one step did. A GPU may not be done with it yet: the numbers stay there, and asking for one waits for it.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// Steps done, this one included.
    pub step: u64,
    /// Of every part of the step.
    denoising: Vec<Tensor>,
    growth: Vec<Tensor>,
    /// None before the update.
    gradient_norm: Option<Tensor>,
}

impl StepReport {
    pub(super) fn new(step: u64) -> Self {
        Self { step, denoising: Vec::new(), growth: Vec::new(), gradient_norm: None }
    }

    /// Takes in a part of the step.
    pub(super) fn add(&mut self, loss: &TrainingLoss) {
        // Not what they were computed from, which would stay too.
        self.denoising.push(loss.denoising.detach());
        self.growth.extend(loss.growth.as_ref().map(Tensor::detach));
    }

    pub(super) fn with_gradient_norm(self, norm: Tensor) -> Self {
        Self { gradient_norm: Some(norm), ..self }
    }

    /// Weighted squared error of the denoiser.
    ///
    /// # Errors
    /// When it is not finite, or a device operation fails.
    pub fn denoising(&self) -> Result<f64> {
        self.finite("loss", mean(&self.denoising)?)
    }

    /// Weighted squared error of the growth, where particles are born or die.
    ///
    /// # Errors
    /// When a device operation fails.
    pub fn growth(&self) -> Result<Option<f64>> {
        if self.growth.is_empty() { Ok(None) } else { mean(&self.growth).map(Some) }
    }

    /// Norm of the gradient before clipping.
    ///
    /// # Errors
    /// When it is not finite, or a device operation fails.
    pub fn gradient_norm(&self) -> Result<f64> {
        self.finite("gradient", self.gradient_norm.as_ref().map_or(Ok(0.0), number)?)
    }

    fn finite(&self, what: &'static str, value: f64) -> Result<f64> {
        if value.is_finite() { Ok(value) } else { Err(RuntimeError::Diverged { step: self.step - 1, what }) }
    }
}

fn number(scalar: &Tensor) -> Result<f64> {
    match scalar.dtype() {
        DType::F64 => Ok(scalar.to_scalar()?),
        _ => Ok(f64::from(scalar.to_scalar::<f32>()?)),
    }
}

/// Mean over the parts of a step.
fn mean(parts: &[Tensor]) -> Result<f64> {
    let share = 1.0 / parts.len() as f64;
    parts.iter().try_fold(0.0, |sum, part| Ok(sum + share * number(part)?))
}
