//! Training until a budget is used up, and what it was like.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::training::{StepReport, Trainer};

/// Time between two checkpoints.
const SAVE_EVERY: Duration = Duration::from_secs(30);
/// Reports that are read together: reading waits for a GPU.
const READ_AT_ONCE: usize = 50;

/// When a training ends: whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Steps in all.
    pub steps: u64,
    /// Seconds of training in all, those of earlier sessions included.
    pub seconds: f64,
}

/// How a training went, over its second half.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trainability {
    /// Steps done.
    pub steps: u64,
    /// Seconds they took.
    pub seconds: f64,
    /// Mean loss of a step.
    pub loss: f64,
    /// Standard deviation of the loss over its mean.
    pub loss_deviation: f64,
    /// Mean norm of the gradient, before clipping.
    pub gradient_norm: f64,
    /// Standard deviation of the norm over its mean: small where gradients agree.
    pub gradient_deviation: f64,
}

impl Budget {
    /// Trains until the budget is used up, with checkpoints in `folder`.
    ///
    /// Loss and gradient are those of this session's second half; a training that was finished before takes one step
    /// more.
    ///
    /// # Errors
    /// When a step fails or the disk is full.
    pub fn train(
        &self,
        trainer: &mut Trainer<'_>,
        folder: &Path,
        progress: &mut dyn FnMut(f64),
    ) -> Result<Trainability> {
        let used = |trainer: &Trainer<'_>| {
            let state = trainer.state();
            (state.step as f64 / self.steps.max(1) as f64).max(state.seconds / self.seconds)
        };
        let (mut numbers, mut unread) = (Vec::new(), Vec::new());
        let mut saved = Instant::now();
        let read = |unread: &mut Vec<StepReport>| -> Result<Vec<_>> {
            unread.drain(..).map(|report| Ok((report.denoising()?, report.gradient_norm()?))).collect()
        };
        while numbers.is_empty() && unread.is_empty() || used(trainer) < 1.0 {
            unread.push(trainer.step()?);
            if unread.len() == READ_AT_ONCE {
                numbers.append(&mut read(&mut unread)?);
            }
            progress(used(trainer));
            if saved.elapsed() >= SAVE_EVERY {
                trainer.save(folder)?;
                saved = Instant::now();
            }
        }
        trainer.save(folder)?;
        numbers.append(&mut read(&mut unread)?);
        let late = &numbers[numbers.len() / 2..];
        let (loss, loss_deviation) = mean_and_deviation(late.iter().map(|report| report.0));
        let (gradient_norm, gradient_deviation) = mean_and_deviation(late.iter().map(|report| report.1));
        let state = trainer.state();
        let (steps, seconds) = (state.step, state.seconds);
        Ok(Trainability { steps, seconds, loss, loss_deviation, gradient_norm, gradient_deviation })
    }
}

/// Mean, and standard deviation over it.
fn mean_and_deviation(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let variance = values.map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt() / mean)
}

#[cfg(test)]
mod tests {
    use super::mean_and_deviation;

    #[test]
    fn deviation_is_relative() {
        assert_eq!(mean_and_deviation([1.0, 3.0].into_iter()), (2.0, 0.5));
        assert_eq!(mean_and_deviation([4.0].into_iter()), (4.0, 0.0));
    }
}
