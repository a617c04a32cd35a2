//! The pace of the flow where a point source does not keep its shape, learned as a classification.
//!
//! At one time let `p` be the law of displacements and `f = p a / M` the same law weighted with the velocity
//! `a = velocity_over_r`, of mean `M`. Over all data the densities at `x` of the two stand in the ratio `E[a | x] / M`.
//! So a network that is shown points of both, and says which it saw, has learned `ln E[a | x] − ln M` as its logit:
//! bounded targets, however large `a` becomes near the data. Because `a` is known for the displacement that was drawn,
//! the target is not the label but its probability `f/(p + f)` given the displacement, of less variance.

use candle_core::Tensor;

use crate::error::Result;

/// What the network should say about the pace at the points of a batch. `k` is one, or the dimension where every
/// coordinate spreads by itself.
#[derive(Clone, Debug)]
pub struct PaceTarget {
    /// Probability that the displacement came from the moving law rather than the plain one, `(batch, k)`.
    pub share: Tensor,
    /// Importance weight, `(batch, k)`.
    pub weight: Tensor,
}

/// Weight of the classification beside the denoising loss.
const WEIGHT: f64 = 0.2;

impl PaceTarget {
    /// Cross entropy of the network's `logit`, `(batch, k)`, as a scalar with its weight in the loss.
    ///
    /// # Errors
    /// When the shapes differ.
    pub fn cross_entropy(&self, logit: &Tensor) -> Result<Tensor> {
        // ln(1 + e^l) = max(l, 0) + ln(1 + e^{−|l|}).
        let soft = (logit.relu()? + logit.abs()?.neg()?.exp()?.affine(1.0, 1.0)?.log()?)?;
        let entropy = (soft - (logit * &self.share)?)?;
        Ok((entropy * &self.weight)?.mean_all()?.affine(WEIGHT, 0.0)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn the_right_logit_has_the_least_loss() -> Result<()> {
        let device = Device::Cpu;
        let share = Tensor::new(&[[0.2f32], [0.9]], &device)?;
        let target = PaceTarget { weight: share.ones_like()?, share: share.clone() };
        let loss = |shift: f64| -> Result<f32> {
            let logit = share.div(&share.affine(-1.0, 1.0)?)?.log()?.affine(1.0, shift)?;
            Ok(target.cross_entropy(&logit)?.to_scalar::<f32>()?)
        };
        assert!(loss(0.0)? < loss(0.2)? && loss(0.0)? < loss(-0.2)?);
        assert!(loss(500.0)?.is_finite() && loss(-500.0)?.is_finite());
        Ok(())
    }
}
