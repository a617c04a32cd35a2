//! The training loss. A model crate has this function written out in its `src/train.rs`; tests hold the two the same.

use candle_core::Tensor;

use crate::denoiser::Denoiser;
use crate::error::Result;
use crate::perturb::{Batch, CleanBatch};
use genphys_flow::GenerativePde;

/// A function that turns data points into the loss of one training step.
pub type LossFn = fn(&dyn GenerativePde, &Denoiser, &mut CleanBatch<'_>) -> Result<TrainingLoss>;

/// The loss of one training step: scalars that can be differentiated.
#[derive(Clone, Debug)]
pub struct TrainingLoss {
    /// What is minimised.
    pub total: Tensor,
    /// Weighted squared error of the denoiser; about one for an untrained network.
    pub denoising: Tensor,
    /// Weighted squared error of the growth rate, where particles are born or die.
    pub growth: Option<Tensor>,
    /// Weighted cross entropy of the pace, where the process is not self-similar.
    pub pace: Option<Tensor>,
}

impl TrainingLoss {
    /// The sum of the parts.
    ///
    /// # Errors
    /// When the tensors are not scalars of one kind.
    pub fn new(denoising: Tensor, growth: Option<Tensor>, pace: Option<Tensor>) -> Result<Self> {
        let mut total = denoising.clone();
        for part in [&growth, &pace].into_iter().flatten() {
            total = (total + part)?;
        }
        Ok(Self { total, denoising, growth, pace })
    }
}

/// The loss of one training step.
///
/// # Errors
/// When a tensor operation fails.
pub fn training_loss(pde: &dyn GenerativePde, denoiser: &Denoiser, clean: &mut CleanBatch<'_>) -> Result<TrainingLoss> {
    // 1. A random flow scale sigma for every data point y, and with it a time t.
    let sigmas = clean.draw_sigmas();

    // 2. The process runs until t: x = y + z, with z drawn from the point-source kernel.
    let batch = Batch::perturb(pde, clean, &sigmas)?;

    // 3. The network's estimate of E[y | x, t], or of E[y | x, t, class] where it learns classes, in (batch, dim).
    let labels = batch.labels.as_ref();
    let estimate = denoiser.estimate_of_class(&batch.x, &batch.spread, labels)?;

    // 4. Squared error, weighted so that every noise level counts alike (EDM, arXiv 2206.00364, eq. 8): the mean of
    //    loss_weight * weight * (clean - y)^2.
    let denoising = estimate.weighted_error(&batch.y, &batch.weight)?;

    // 5. Where particles are born or die: the growth relative to that of a lone point source, (batch,).
    let growth = match (&estimate.growth, &batch.growth) {
        (Some(estimate), Some(target)) => {
            let squared_error = (estimate - target)?.sqr()?.mul(&batch.weight.squeeze(1)?)?;
            Some(squared_error.mean_all()?.affine(denoiser.growth_weight(), 0.0)?)
        }
        _ => None,
    };

    // 6. Where matter does not move alike at all distances: how fast it moves here, as a classification.
    let pace = match (&estimate.pace, &batch.pace) {
        (Some(logit), Some(target)) => Some(target.cross_entropy(logit)?),
        _ => None,
    };
    TrainingLoss::new(denoising, growth, pace)
}
