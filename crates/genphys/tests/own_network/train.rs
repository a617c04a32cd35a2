//! The network and the training loss, written out so that they can be changed.
//!
//! One step draws data points, lets the process spread each of them for a random time, and asks the network where
//! the point came from. Returning the loss is all this function does; the optimiser, the learning rate and the
//! checkpoints are the trainer's business.

use std::sync::Arc;

use candle_core::Tensor;
use genphys::candle_nn::{Linear, Module, linear};
use genphys::network::{CandleNetwork, Network, NetworkConfig, NetworkFn, NnError, ParameterStore};
use genphys::{Batch, CleanBatch, Denoiser, GenerativePde, Result, TrainingLoss};

/// The network that `train` takes unless `--net` says otherwise.
pub const NETWORK: NetworkFn = network;

/// Residual layers of candle-nn on the point and what is told beside it.
fn network(store: &mut ParameterStore, config: &NetworkConfig) -> Result<Arc<dyn Network>, NnError> {
    let NetworkConfig { width, depth, .. } = *config;
    CandleNetwork::build(store, config, |variables, size| {
        let layer = |name: String, inputs, outputs| linear(inputs, outputs, variables.pp(name));
        let mut blocks = Vec::new();
        for i in 0..depth {
            blocks.push((layer(format!("inner{i}"), width, width)?, layer(format!("outer{i}"), width, width)?));
        }
        let first = layer("first".into(), size.inputs, width)?;
        Ok(Residual { first, blocks, last: layer("last".into(), width, size.outputs)? })
    })
}

struct Residual {
    first: Linear,
    blocks: Vec<(Linear, Linear)>,
    last: Linear,
}

impl Module for Residual {
    /// Rows of inputs to rows of outputs.
    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let mut hidden = self.first.forward(x)?;
        for (inner, outer) in &self.blocks {
            hidden = (&hidden + outer.forward(&inner.forward(&hidden.silu()?)?.silu()?)?)?;
        }
        self.last.forward(&hidden.silu()?)
    }
}

/// The loss of one training step: scalars that can be differentiated.
///
/// # Errors
/// When a tensor operation fails.
pub fn training_loss(
    pde: &dyn GenerativePde,
    denoiser: &Denoiser,
    clean: &mut CleanBatch<'_>,
) -> Result<TrainingLoss> {
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
            Some(
                squared_error
                    .mean_all()?
                    .affine(denoiser.growth_weight(), 0.0)?,
            )
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
