//! What the network is told about the noise: Fourier features of its level, then a small network.

use std::f64::consts::TAU;

use candle_core::Tensor;

use super::linear::Linear;
use super::parameter_store::ParameterStore;
use crate::error::Result;
use crate::fused::silu;

/// Frequencies per feature, in turns per unit: from an eighth to two.
const FREQUENCIES: usize = 12;

/// Maps the two numbers that describe the noise of an example to a vector of `width` values.
///
/// The numbers are `ln s / 4` with `s` the noise level in units of the data's deviation, and the ratio of the
/// process's typical spread to `s` (one unless the radius proves a larger displacement).
#[derive(Clone, Debug)]
pub struct NoiseEmbedding {
    frequencies: Tensor,
    inner: Linear,
    outer: Linear,
}

impl NoiseEmbedding {
    /// An embedding of the given width.
    ///
    /// # Errors
    /// When a parameter's name is taken.
    pub fn new(store: &mut ParameterStore, name: &str, width: usize) -> Result<Self> {
        let last = (FREQUENCIES - 1) as f64;
        let frequencies: Vec<f32> =
            (0..FREQUENCIES).map(|i| (TAU * 0.125 * 16f64.powf(i as f64 / last)) as f32).collect();
        let features = 2 * (1 + 2 * FREQUENCIES);
        Ok(Self {
            frequencies: Tensor::from_vec(frequencies, (1, FREQUENCIES), store.device())?,
            inner: Linear::new(store, &format!("{name}.inner"), features, width)?,
            outer: Linear::new(store, &format!("{name}.outer"), width, width)?,
        })
    }

    /// Embeds `level` and `ratio`, both `(batch, 1)`, as `(batch, width)`.
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub fn forward(&self, level: &Tensor, ratio: &Tensor) -> Result<Tensor> {
        let mut features = Vec::with_capacity(6);
        for value in [level, ratio] {
            let phases = value.matmul(&self.frequencies)?;
            features.extend([value.clone(), phases.cos()?, phases.sin()?]);
        }
        let hidden = self.inner.forward(&Tensor::cat(&features, 1)?)?;
        Ok(silu(&self.outer.forward_silu(&hidden)?)?)
    }
}
